/* JSON or CSV with windows becomes labels or an error with words. The first byte chooses the data, its highest bit the
 * form. */
#include <stdlib.h>
#include <string.h>

#include "anomaly/labels.h"
#include "base/memory.h"
#include "fuzz/fuzz.h"

static const char *const data_of[] = {
    "ds,a\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n2024-01-01 02:00,3\n",
    "ds,load\n2024-01-11 00:00,1\n2024-01-11 01:00,2\n2024-01-11 02:00,3\n",
    "a,b\n5,1\n7,2\n6,3\n",
    "unique_id,ds,y,z\nu,1,5,0\nv,1,5,0\nu,2,6,0\nv,3,6,0\n",
    "ds,a\n2024-01-01T00:00+02:00,1\n2024-01-01T01:00+02:00,2\n",
};

/* Windows in CSV, whether or not a header says that they are. */
static lc_code read_csv(lc_labels *l, const char *text, size_t n, const lc_panel *p, const lc_row_order *o,
                        lc_status *st)
{
    lc_source *source;
    char delimiter;
    FUZZ_MUST(lc_labels_windows_delimiter(&delimiter, text, n, NULL) == LC_OK);
    FUZZ_MUST(lc_source_memory(&source, "labels.csv", text, n, NULL) == LC_OK);
    const lc_code code = lc_labels_from_windows(l, "labels.csv", source, delimiter ? delimiter : ',', p, o, st);
    lc_source_close(source);
    return code;
}

static lc_labels *labels_for(const lc_panel *p)
{
    lc_labels *l = calloc(1, sizeof *l);
    FUZZ_MUST(l);
    l->n_rows = p->n_rows;
    l->n_targets = p->n_targets;
    l->row = lc_calloc(l->n_rows, 1);
    l->target = lc_calloc(l->n_targets, sizeof *l->target);
    FUZZ_MUST(l->row && l->target);
    return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    const char *text = data_of[(data[0] & 0x7f) % (sizeof data_of / sizeof data_of[0])];
    lc_settings *s = lc_settings_create();
    lc_status st = {0};
    lc_panel *p = NULL;
    lc_row_order o;
    FUZZ_MUST(s && lc_panel_read_memory(&p, "folder/load.csv", text, strlen(text), s, NULL) == LC_OK);
    FUZZ_MUST(lc_row_order_make(&o, p, NULL) == LC_OK);
    lc_labels *l = labels_for(p);
    const bool csv = data[0] & 0x80;
    lc_code code = csv ? read_csv(l, (const char *)data + 1, size - 1, p, &o, &st)
                       : lc_labels_from_json(l, "labels.json", (const char *)data + 1, size - 1, p, &o, &st);
    FUZZ_MUST(code == st.code && (code == LC_OK || (st.text[0] && (csv || st.hint[0]))));
    for (size_t i = 0; i < l->n_rows; i++) FUZZ_MUST(l->row[i] <= LC_LABEL_BEGIN);
    lc_labels_free(l);
    lc_row_order_free(&o);
    lc_panel_free(p);
    lc_settings_free(s);
    return 0;
}
