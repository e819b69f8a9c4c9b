#!/usr/bin/env python3
"""The leak bench as a gate: generate a corpus for each seed, redact it, score it, and fail on what greffier promises.

usage: gate.py TOOL SEED…          each seed, one line of result
       gate.py TOOL --commit HASH  ten seeds that follow from a commit, so that they are new with every change
       gate.py TOOL --show SEED    the whole table of one seed, with examples of each failure

TOOL is run as `TOOL redact`. Called by ./test.
"""
import concurrent.futures, hashlib, json, os, pathlib, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).parent
OVER_REDACTION = 0.0002  # of the hard negatives
CLEAN_ALTERED = 1 / 1500  # of the clean records
SEEDS_OF_A_COMMIT = 10
SCORER_CHECK = 200  # records with which the scorer itself is checked


def python(script, *args, **more):
    # A seed is the same corpus everywhere only if sets have the same order everywhere.
    same = {**os.environ, "PYTHONHASHSEED": "0"}
    return subprocess.run([sys.executable, HERE / script, *args], env=same, check=True, text=True, encoding="utf-8", **more)


def corpus(seed, folder, records=5000):
    """A labelled corpus, and its records as a tool may see them."""
    labelled, bare = folder / "corpus.ndjson", folder / "records.ndjson"
    with labelled.open("w", encoding="utf-8") as out:
        python("gen.py", "--seed", str(seed), "--records", str(records), stdout=out)
    with labelled.open(encoding="utf-8") as lines, bare.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(json.loads(line)["record"], ensure_ascii=False) + "\n" for line in lines)
    return labelled, bare


def redacted(tool, bare, folder):
    out = folder / "redacted.ndjson"
    with bare.open("rb") as records, out.open("wb") as output:
        subprocess.run([tool, "redact"], check=True, stdin=records, stdout=output)
    if bare.read_bytes().count(b"\n") != out.read_bytes().count(b"\n"):
        sys.exit("gate.py: not as many lines came out as went in")
    return out


def score(labelled, out):
    return json.loads(python("score.py", labelled, out, "--json", stdout=subprocess.PIPE).stdout)


def failures(result):
    """What a score breaks of the promises, in words."""
    leaked = {kind: result[kind][0] for kind in ("structured_leaks", "field_leaks")}
    yield from (f"{kind}: {count}" for kind, count in leaked.items() if count)
    lost, kept = result["over_redaction"]
    if lost > OVER_REDACTION * kept:
        yield f"over-redaction: {lost} of {kept}"
    altered, clean = result["clean_changed"]
    if altered > max(1, CLEAN_ALTERED * clean):
        yield f"clean records altered: {altered} of {clean}"
    if result["unparseable_lines"]:
        yield f"lines that are no JSON: {result['unparseable_lines']}"


def run(tool, seed, table=False):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        labelled, bare = corpus(seed, folder)
        out = redacted(tool, bare, folder)
        if table:
            python("score.py", labelled, out, "--show", "3")
        return score(labelled, out)


def check_scorer():
    """A bench that cannot fail proves nothing: an unchanged copy leaks all there is and loses nothing."""
    with tempfile.TemporaryDirectory() as folder:
        labelled, bare = corpus(1, pathlib.Path(folder), SCORER_CHECK)
        result = score(labelled, bare)
    (leaked, planted), (lost, _) = result["structured_leaks"], result["over_redaction"]
    if leaked != planted or lost or not planted:
        sys.exit(f"gate.py: the scorer sees {leaked} of {planted} leaks in an unchanged copy, and {lost} losses")


def seeds_of(commit):
    """Numbers that nobody chose."""
    digest = lambda n: hashlib.sha256(f"{commit}:{n}".encode()).digest()
    return [int.from_bytes(digest(n)[:4]) for n in range(SEEDS_OF_A_COMMIT)]


def main(tool, *args):
    if args[:1] == ("--show",):
        return any(failures(run(tool, int(args[1]), table=True)))
    seeds = seeds_of(args[1]) if args[:1] == ("--commit",) else [int(seed) for seed in args]
    if not seeds:
        sys.exit(__doc__)
    check_scorer()
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for seed, result in zip(seeds, pool.map(lambda seed: run(tool, seed), seeds)):
            broken = list(failures(result))
            failed |= bool(broken)
            of = lambda key: "{} of {}".format(*result[key])
            print(f"seed {seed}: leaks {of('structured_leaks')} (strangers' bare names {of('hard_leaks')}), "
                  f"lost {of('over_redaction')}, clean records altered {of('clean_changed')}", flush=True)
            if broken:
                print(f"  FAILED: {'; '.join(broken)}\n  look into it: ./test --leakbench {seed}", flush=True)
    return failed


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
