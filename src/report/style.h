/* How charts look: fonts, sizes, colours. */
#ifndef LC_REPORT_STYLE_H
#define LC_REPORT_STYLE_H

#include "base/memory.h"
#include "base/status.h"
#include "loomcast.h"

/* The colours of a chart by what they are for. */
typedef enum lc_colour {
    LC_COLOUR_TEXT,  /* titles, history, values */
    LC_COLOUR_LABEL, /* numbers and names on axes */
    LC_COLOUR_FAINT, /* marks and remarks */
    LC_COLOUR_FRAME,
    LC_COLOUR_GRID,
    LC_COLOUR_BACKGROUND,
    LC_COLOUR_MAIN,   /* what is forecast or expected */
    LC_COLOUR_SECOND, /* scores, validation, naive */
    LC_COLOUR_THIRD,
    LC_COLOUR_FOURTH,
    LC_COLOUR_REST,  /* curves that stand behind the others */
    LC_COLOUR_ALERT, /* flags */
    LC_COLOUR_EVENT, /* the stripe of an event */
    LC_COLOURS
} lc_colour;

/* The variables of gnuplot that hold them in every script, for "lc rgb" and its like. */
#define LC_INK "colour_text"
#define LC_LABEL "colour_label"
#define LC_FAINT "colour_faint"
#define LC_FRAME "colour_frame"
#define LC_GRID "colour_grid"
#define LC_PAPER "colour_background"
#define LC_BLUE "colour_main"
#define LC_ORANGE "colour_second"
#define LC_GREEN "colour_third"
#define LC_PURPLE "colour_fourth"
#define LC_REST "colour_rest"
#define LC_RED "colour_alert"
#define LC_EVENT "colour_event"

enum { LC_FONT_TEXT = 64, LC_COLOUR_TEXT_ROOM = 8 /* "#RRGGBB" */ };

struct lc_style {
    char font[LC_FONT_TEXT]; /* "": sans serif */
    double font_scale;       /* 1: as charts choose it */
    int width, height;       /* pixels of a chart with one panel; 0: as charts choose it */
    char colour[LC_COLOURS][LC_COLOUR_TEXT_ROOM];
};

/* s, or where it is NULL the style that charts have by themselves. */
const lc_style *lc_style_or_usual(const lc_style *s);

/* Sets the variables in a script. */
void lc_style_write(const lc_style *s, lc_buf *script);

#endif
