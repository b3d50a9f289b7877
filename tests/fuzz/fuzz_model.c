/* A model file becomes a model that can be described, or an error with words. */
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lc_status st = {0};
    lc_model *m = NULL;
    char *text = NULL;
    const lc_code code = lc_model_read_memory(&m, "made.model", data, size, &st);
    FUZZ_MUST(code == st.code && (code == LC_OK) == (m != NULL) && (code == LC_OK || st.text[0]));
    if (m) FUZZ_MUST(lc_model_describe(m, false, &text, &st) == LC_OK && text);
    free(text);
    lc_model_free(m);
    return 0;
}
