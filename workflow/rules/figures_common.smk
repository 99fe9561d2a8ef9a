# What Figures 2 and 3 are made of: the runs that a sweep trains, the files that a figure reads, and what it is told.
from planning.rows import figure2_points, sweep, swept

SWEEP_FOLDERS = [
    f"results/sweeps/{{source}}-{{target}}/{{method}}/alpha2={value}"
    for value in swept(config)
]


def sweep_rows(wildcards):
    return list(sweep(config, wildcards.method))


def sweep_classes(wildcards):
    return [row["method"] for row in sweep(config, wildcards.method).values()]


def sweep_settings(wildcards):
    return [
        as_json(complete_settings(config, config["recipe"], row))
        for row in sweep(config, wildcards.method).values()
    ]


def figure2_scores():
    """The scores that Figure 2 is made of: of sweeps, and of rows that are trained as they are."""
    plain = config["method_settings"]
    files = [
        (
            f"results/scores/{{pair}}/{point['row']}.parquet"
            if point["row"] in plain
            else f"results/sweeps/{{pair}}/{point['method']}/alpha2={point['alpha2']}/scores.parquet"
        )
        for point in figure2_points(config)
    ]
    return as_missing_runs_says(expand(files, pair=config["figure2"]["pairs"]))


def figure_settings(methods, pairs, shown):
    """What both figures say of themselves, with what one shows."""
    shared = {key: config[key] for key in ("recipe", "seeds")} | releases_of(pairs)
    shared |= {"missing_runs": config["report"]["missing_runs"]}
    return as_json(shared | {"labels": labels_of(methods)} | shown)


def figure2_settings():
    points = figure2_points(config)
    shown = {"pairs": config["figure2"]["pairs"], "points": points} | config["scoring"]
    shown |= {"selection": config["selection"]}
    methods = {point["method"] for point in points}
    return figure_settings(methods, shown["pairs"], shown)


def figure3_settings():
    shown = config["figure3"]
    return figure_settings(shown["methods"], [shown["pair"]], shown)
