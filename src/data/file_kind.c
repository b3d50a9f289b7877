#include "data/file_kind.h"

#include <string.h>

typedef struct file_kind {
    const char *magic; /* without zero bytes */
    const char *what, *hint;
} file_kind;

static const char as_csv[] = "export it as CSV, in UTF-8";
static const char sheet[] = "save the sheet as CSV UTF-8 in the spreadsheet program";
static const char page[] = "fetch the data itself: on a page that shows it, look for a link such as \"raw\" or "
                           "\"download\"";

static const file_kind kinds[] = {
    {"PK\003\004", "an Excel workbook (.xlsx) or another zip archive",
     "save the sheet as CSV UTF-8 in the "
     "spreadsheet program, or unpack the zip"},
    {"\320\317\021\340\241\261\032\341", "an Excel workbook (.xls)", sheet},
    {"PAR1", "a Parquet file", as_csv},
    {"ARROW1", "an Arrow file", as_csv},
    {"FEA1", "a Feather file", as_csv},
    {"\211HDF\r\n\032\n", "an HDF5 file", as_csv},
    {"CDF\001", "a NetCDF file", as_csv},
    {"SQLite format 3", "a SQLite database", "export a table: sqlite3 -header -csv FILE 'select * from TABLE'"},
    {"%PDF-", "a PDF document", "find the data as CSV"},
    {"\050\265\057\375", "packed with zstd", "unpack it: zstd -dc FILE | loomcast ... -"},
    {"BZh", "packed with bzip2", "unpack it: bzip2 -dc FILE | loomcast ... -"},
    {"\3757zXZ", "packed with xz", "unpack it: xz -dc FILE | loomcast ... -"},
    {"<!DOCTYPE", "a web page", page},
    {"<!doctype", "a web page", page},
    {"<html", "a web page", page},
    {"<?xml", "an XML file", as_csv},
    {"{\"", "JSON", as_csv},
    {"[{", "JSON", as_csv},
};

/* Eight bytes of length, the header's brace: see the model file. */
static bool is_model(const char *bytes, size_t n)
{
    static const char beginning[] = "{\"__metadata__\":";
    return n > 8 + sizeof beginning && !bytes[6] && !bytes[7] &&
           memcmp(bytes + 8, beginning, sizeof beginning - 1) == 0;
}

lc_code lc_file_kind_check(const char *name, const char *bytes, size_t n, lc_status *st)
{
    const char *what = NULL, *hint = "";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !what; i++) {
        const size_t length = strlen(kinds[i].magic);
        if (n < length || memcmp(bytes, kinds[i].magic, length) != 0) continue;
        what = kinds[i].what;
        hint = kinds[i].hint;
    }
    if (!what && is_model(bytes, n)) {
        what = "a model, which holds no rows";
        hint = "give the file of rows, and the model with --model";
    }
    if (!what) return LC_OK;
    lc_fail_at(st, LC_E_PARSE, name, 0, 0, "the file is %s", what);
    lc_hint(st, "%s", hint);
    return LC_E_PARSE;
}
