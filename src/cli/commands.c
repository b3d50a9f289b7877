#include <string.h>

#include "cli/cli.h"

#define GROUP(name) (1u << LC_GROUP_##name)
#define LEARNING (GROUP(COLUMNS) | GROUP(MODEL) | GROUP(TRAINING) | GROUP(RUN))

/* The one table of commands. A new command is a file with its function and a row here. */
const cli_command cli_commands[] = {
    {"forecast", "FILE...", "the next steps of every series; fits a model first without --model",
     "loomcast forecast seattle-weather.csv --plot weather.png\n"
     "loomcast forecast co2-weekly.csv --level 50,80,95 -o co2.csv --plot co2.svg\n"
     "loomcast forecast sea-temperature.csv --model sea.model",
     LEARNING | GROUP(INTERVAL), "checkpoint resume from", NULL,
     "output plot charts style model out-dir shard memory force json quiet", cli_forecast},
    {"train", "FILE... -o MODEL", "fit one model on all series of the files and save it",
     "loomcast train sea-temperature.csv -o sea.model --loss-plot loss.png\n"
     "loomcast train stock-panel.csv --horizon 5 -o stocks.model\n"
     "loomcast train water-flow.csv -o flow.model --checkpoint flow.part --resume",
     LEARNING, "future-file", NULL, "output loss-plot style force json quiet", cli_train},
    {"detect", "FILE...", "score and flag every row, each by what came before it",
     "loomcast detect water-flow.csv -o flags.csv --plot flags.png\n"
     "loomcast detect brent-oil.csv --alarms-per 10 -o oil.csv --events events.csv\n"
     "loomcast detect --online water-flow.csv --state flow.state -o live.csv",
     LEARNING | GROUP(DETECT),
     "horizon future-file checkpoint resume from" /* the horizons are fixed, the rows the data's own */, "seed",
     "output events plot charts style model online follow state nab out-dir shard memory force json quiet exit-code",
     cli_detect},
    {"evaluate", "FILE...", "backtest beside the baselines; --labels: methods of detection",
     "loomcast evaluate seattle-weather.csv --horizon 7 --plot backtest.png\n"
     "loomcast evaluate sunspots.csv --horizon 12 --save-windows windows.csv\n"
     "loomcast evaluate air-passengers.csv -o table.csv --json",
     LEARNING | GROUP(INTERVAL) | GROUP(DETECT) | GROUP(EVALUATE),
     "valid future-file method checkpoint resume from" /* --split says which rows validate, and --labels asks all
                                                          methods */
     ,
     NULL, "output save-windows save-steps plot charts style out-dir shard memory force json quiet", cli_evaluate},
    {"inspect", "FILE", "describe a CSV file (columns, step, gaps, season) or a model file",
     "loomcast inspect seattle-weather.csv\n"
     "loomcast inspect sea.model --json",
     LEARNING, "future-file checkpoint resume from", NULL, "force json", cli_inspect},
    {"plot", "RESULT.csv [DATA.csv]", "draw a result again; DATA.csv gives a forecast its history",
     "loomcast plot flags.csv --plot flags.svg\n"
     "loomcast plot co2.csv co2-weekly.csv --plot co2.pdf",
     GROUP(COLUMNS), "", NULL, "plot charts style force quiet", cli_plot},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL},
};

const cli_command *cli_find_command(const char *name)
{
    for (const cli_command *c = cli_commands; c->name; c++)
        if (strcmp(c->name, name) == 0) return c;
    return NULL;
}
