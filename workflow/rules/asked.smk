# What was asked for, before anything runs, and the closing words of a run that failed.
from planning import failures, targets

if workflow.is_main_process:
    if workflow.resource_settings.cores == 0:
        raise WorkflowError(
            "--cores 0: no job could ever start; write --cores 1 or more, or --cores all"
        )
    try:
        targets.check(
            targets.asked_for(),
            workflow.rules,
            {
                "corpus": list(config["corpora"]),
                "method": list(config["method_settings"]),
                "modality": list(MODALITIES),
            },
            own_config=len(workflow.configfiles) > 1,
        )
    except targets.TargetError as error:
        raise WorkflowError(str(error)) from None


onerror:
    print(failures.closing_words(log), file=sys.stderr)
