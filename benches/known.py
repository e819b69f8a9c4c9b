#!/usr/bin/env python3
"""What `[privacy] text = "known"` hides of strangers' names, and what it costs in harmless text.

usage: known.py --greffier BIN --corpus FILE [--learn FILE]... [--persons N]

FILE is a labelled corpus (one object a line: record, secrets, keep, clean) or a Monolog log (JSON), all of which
counts as clean. All of --learn goes in first, then the corpus; only the events of the corpus are counted. Both modes are
measured. Run with no --learn to see a fresh start; name the corpus itself under --learn to see one that knows
its messages.
"""
import argparse, json, os, re, subprocess, tempfile, unicodedata

def lines(file, who):
    for n, line in enumerate(open(file, encoding="utf-8")):
        try: one = json.loads(line)
        except ValueError: continue
        record = one.get("record", one)
        user = record.get("user", {}).get("email") or ((record.get("extra") or {}).get("token") or {}).get("user_identifier")
        if who: user = f"{file}-{n % who}"      # as many persons as asked for, in turn
        yield one, {"method": "GET", "url": "/", "status": 200, "message": record["message"],
                    "channel": record.get("channel", "app"), **({"user_id": user} if user else {})}

def run(greffier, mode, sent):
    with tempfile.TemporaryDirectory() as folder:
        config, data = os.path.join(folder, "greffier.toml"), os.path.join(folder, "data")
        open(config, "w").write(f'version = 1\n[privacy]\ntext = "{mode}"\n')
        call = lambda *args, **how: subprocess.run([greffier, "--data", data, "--config", config, *args], check=True, capture_output=True, **how)
        call("keys", "init")
        text = "".join(json.dumps(line) + "\n" for line in sent)
        out = call("pipe", "--format", "json", input=text.encode()).stdout.decode()
    return [json.loads(line).get("msg", "") for line in out.splitlines()]

def plain(text): return unicodedata.normalize("NFKC", text).casefold()
def parts(name): return [part for part in re.split(r"[\s'’-]+", plain(name)) if len(part) > 2]

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--greffier", required=True); ap.add_argument("--corpus", required=True)
    ap.add_argument("--learn", action="append", default=[]); ap.add_argument("--persons", type=int, default=0)
    a = ap.parse_args()
    before = [line for file in a.learn for _, line in lines(file, a.persons)]
    corpus = list(lines(a.corpus, a.persons))
    for mode in ("detect", "known"):
        shown = run(a.greffier, mode, before + [line for _, line in corpus])[len(before):]
        assert len(shown) == len(corpus), (len(shown), len(corpus))
        names = leaked = partly = kept = lost = clean = altered = words = gone = 0
        for (one, _), msg in zip(corpus, shown):
            low = plain(msg)
            for secret in one.get("secrets", []):
                if secret["type"] != "name_free": continue
                names += 1; leaked += plain(secret["value"]) in low
                partly += any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", low) for part in parts(secret["value"]))
            for keep in one.get("keep", []):
                if keep["field"] == "message": kept += 1; lost += keep["text"] not in msg
            if one.get("clean", True):
                text = one.get("record", one)["message"]; clean += 1; altered += msg != text
                all_ = re.findall(r"\w+", text); words += len(all_)
                left = re.findall(r"\w+", msg); gone += len(all_) - sum(min(left.count(w), all_.count(w)) for w in set(all_))
        share = lambda n, of: f"{n}/{of} ({100 * n / max(1, of):.1f} %)"
        print(f"{mode:6} names readable {share(leaked, names)}, in part {share(partly, names)}; harmless strings lost {share(lost, kept)};"
              f" clean messages altered {share(altered, clean)}, words of them lost {share(gone, words)}")

if __name__ == "__main__": main()
