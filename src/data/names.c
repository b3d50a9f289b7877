#include "data/names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"

static uint64_t hash(const lc_names *s, const char *name)
{
    size_t n = strlen(name);
    uint64_t h = lc_hash64(s->seed ^ n);
    while (n) {
        uint64_t word = 0;
        size_t k = n < sizeof word ? n : sizeof word;
        memcpy(&word, name, k);
        h = lc_hash64(h ^ word);
        name += k;
        n -= k;
    }
    return h;
}

/* The slot that holds the name, or the empty one where it belongs. */
static size_t probe(const lc_names *s, const char *name)
{
    size_t i = (size_t)hash(s, name) & (s->slots - 1);
    while (s->slot[i] && strcmp(s->name[s->slot[i] - 1], name) != 0) i = (i + 1) & (s->slots - 1);
    return i;
}

static bool widen(lc_names *s)
{
    size_t slots = s->slots ? s->slots * 2 : 16;
    uint32_t *slot = calloc(slots, sizeof *slot);
    if (!slot) return false;
    free(s->slot);
    s->slot = slot;
    s->slots = slots;
    for (size_t i = 0; i < s->n; i++) s->slot[probe(s, s->name[i])] = (uint32_t)(i + 1);
    return true;
}

uint32_t lc_names_add(lc_names *s, const char *name, bool *is_new)
{
    if (!s->slots) {
        /* The numbers given out do not depend on the seed. */
        if (getrandom(&s->seed, sizeof s->seed, GRND_NONBLOCK) != (ssize_t)sizeof s->seed)
            s->seed = (uint64_t)(uintptr_t)&s->seed;
        if (!widen(s)) return LC_NO_NAME;
    }
    size_t i = probe(s, name);
    if (is_new) *is_new = !s->slot[i];
    if (s->slot[i]) return s->slot[i] - 1;
    if (s->n >= UINT32_MAX - 1 || !LC_GROW(&s->name, &s->cap, s->n + 1)) return LC_NO_NAME;
    if (!(s->name[s->n] = lc_strdup(name))) return LC_NO_NAME;
    s->slot[i] = (uint32_t)++s->n;
    uint32_t number = (uint32_t)s->n - 1;
    if (s->n * 2 > s->slots && !widen(s)) return LC_NO_NAME;
    return number;
}

uint32_t lc_names_find(const lc_names *s, const char *name)
{
    if (!s->slots) return LC_NO_NAME;
    uint32_t found = s->slot[probe(s, name)];
    return found ? found - 1 : LC_NO_NAME;
}

void lc_names_free(lc_names *s)
{
    lc_free_names(s->name, s->n);
    free(s->slot);
    memset(s, 0, sizeof *s);
}
