# The check of the requested targets before anything runs, and the closing message of a failed run.
from planning import failures, start, targets

if workflow.is_main_process:
    try:
        start.check(workflow.resource_settings.cores, Path.cwd())
        targets.check(
            targets.asked_for(),
            workflow.rules,
            {
                "corpus": list(config["corpora"]),
                "method": list(config["method_settings"]),
                "modality": list(MODALITIES),
            },
            in_domain=config["in_domain"]["method"],
            own_config=len(workflow.configfiles) > 1,
            results=study.results,
        )
    except (start.StartError, targets.TargetError) as error:
        raise WorkflowError(str(error)) from None


onerror:
    print(failures.closing_words(log), file=sys.stderr)
