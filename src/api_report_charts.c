/* Charts within a report. */
#include "api_report.h"
#include "report/gnuplot.h"
#include "report/svg_inline.h"

static const lc_document_entry forecast_legend[] = {{"history", LC_SAMPLE_LINE, LC_COLOUR_TEXT},
                                                    {"forecast", LC_SAMPLE_LINE, LC_COLOUR_MAIN},
                                                    {"prediction interval", LC_SAMPLE_BAND, LC_COLOUR_MAIN},
                                                    {"forecast a horizon earlier", LC_SAMPLE_DASHES, LC_COLOUR_MAIN}};
static const lc_document_entry detect_legend[] = {
    {"value", LC_SAMPLE_LINE, LC_COLOUR_TEXT},          {"expected", LC_SAMPLE_LINE, LC_COLOUR_MAIN},
    {"expected range", LC_SAMPLE_BAND, LC_COLOUR_MAIN}, {"over the threshold", LC_SAMPLE_STRIPE, LC_COLOUR_EVENT},
    {"flag", LC_SAMPLE_DOT, LC_COLOUR_ALERT},           {"score, threshold at 0.5", LC_SAMPLE_LINE, LC_COLOUR_SECOND}};

const lc_document_entry *lc_report_legend(bool is_detect, bool past, size_t *n)
{
    const size_t of_forecast = sizeof forecast_legend / sizeof *forecast_legend;
    *n = is_detect ? sizeof detect_legend / sizeof *detect_legend : past ? of_forecast : of_forecast - 1;
    return is_detect ? detect_legend : forecast_legend;
}

size_t lc_report_curves_legend(lc_document_entry entry[LC_CURVES], const char *const name[LC_CURVES])
{
    static const lc_colour colour[LC_CURVES] = {[LC_CURVE_MODEL] = LC_COLOUR_MAIN,
                                                [LC_CURVE_NAIVE] = LC_COLOUR_SECOND,
                                                [LC_CURVE_SEASONAL] = LC_COLOUR_THIRD,
                                                [LC_CURVE_BEST] = LC_COLOUR_FOURTH,
                                                [LC_CURVE_OTHER] = LC_COLOUR_REST};
    size_t n = 0;
    for (size_t kind = 0; kind < LC_CURVES; kind++)
        if (name[kind]) entry[n++] = (lc_document_entry){name[kind], LC_SAMPLE_LINE, colour[kind]};
    return n;
}

lc_code lc_report_script(lc_buf *script, const lc_report *what, const lc_groups *g, size_t group, lc_status *st)
{
    lc_figure f;
    lc_code code = lc_figure_create(&f, what, g, group, st);
    if (code == LC_OK && f.is_detect) code = lc_chart_detect_inline(script, &f.detect, what->style, st);
    else if (code == LC_OK) code = lc_chart_forecast_inline(script, &f.forecast, what->style, st);
    lc_figure_free(&f);
    return code;
}

lc_code lc_report_pictures(lc_buf *svg, size_t n, lc_buf *script, lc_status *st)
{
    lc_buf pictures = {0};
    lc_code code = lc_gp_picture(script, &pictures, st);
    if (code == LC_OK) code = lc_svg_inline(svg, n, pictures.data, st);
    lc_buf_free(&pictures);
    return code;
}

void lc_report_say_failure(lc_buf *note, const lc_status *why)
{
    lc_buf_printf(note, "No charts: %s%s%s.", why->text, *why->hint ? "; " : "", why->hint);
}
