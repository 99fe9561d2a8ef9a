# Nothing -> a synthetic twin of each release, and a tiny backbone of each modality.


rule write_twin:
    output:
        directory("<results>/synthetic/releases/{corpus}"),
    log:
        "<logs>/synthetic/releases/{corpus}.log",
    benchmark:
        "<results>/benchmarks/synthetic/releases/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        clips=lambda wildcards: as_json(config["synthetic"]["clips"][wildcards.corpus]),
        shift=as_json(config["synthetic"]["shift"]),
        lean=as_json(config["synthetic"]["lean"]),
        seed=config["synthetic"]["seed"],
        oddities=config["synthetic"]["oddities"],
        code=fingerprint("extractors.write_twin"),
    message:
        "Writing a synthetic twin of {wildcards.corpus}"
    shell:
        "python -m extractors.write_twin"
        " --corpus {wildcards.corpus}"
        " --clips {params.clips:q}"
        " --shift {params.shift:q}"
        " --lean {params.lean:q}"
        " --seed {params.seed}"
        " --oddities {params.oddities}"
        " --release {output:q}"
        " > {log:q} 2>&1"


rule write_backbone:
    output:
        directory("<results>/synthetic/backbones/{modality}"),
    log:
        "<logs>/synthetic/backbones/{modality}.log",
    benchmark:
        "<results>/benchmarks/synthetic/backbones/{modality}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        seed=config["synthetic"]["seed"],
        code=lambda wildcards: fingerprint(
            "extractors.write_backbone",
            f"extractors.synthetic.backbone_{wildcards.modality}",
        ),
    message:
        "Writing a tiny seeded {wildcards.modality} backbone"
    shell:
        "python -m extractors.write_backbone"
        " --modality {wildcards.modality}"
        " --seed {params.seed}"
        " --output {output:q}"
        " > {log:q} 2>&1"
