"""Fill templates/*.txt with values: `python generate.py > corpus.ndjson` (needs python-stdnum).

In a template `[[mail s]]` plants a value of kind `mail`, class self_evident (s), keyed (k), cued (c) or
structure (t); `[[mail@a s]]` belongs to person `a` of that text; `[[mail s pct b64]]` encodes it; `[[<b64]]…[[>]]`
encodes all between; `[[~uuid]]` and `[[=literal]]` must survive. Templates are separated by `%%%` lines,
`%%% 2` says how often the next one is used. The seed is fixed: the same templates give the same corpus.
`python generate.py second > second/corpus.ndjson` fills those of a folder, with the invented people of its people.json.
"""
import base64
import glob
import html
import json
import os
import quopri
import random
import re
import sys
import urllib.parse as up

import values

CLASS = {"s": "self_evident", "k": "keyed", "c": "cued", "t": "structure"}
TYPE = {"upmail": "mail", "phonee164": "phone", "ibansp": "iban", "ibanlow": "iban", "cardsp": "card", "carddash": "card", "nirsp": "nir",
        "cflow": "cf", "steueridsp": "steuerid", "dobpacked": "dob", "doblong": "dob", "dobiso": "dob", "plateit": "plate", "platede": "plate",
        "macdash": "mac", "lat": "gps", "lon": "gps", "home": "user", "mrz": "name", "sklive": "apikey", "ghp": "apikey", "akia": "apikey",
        "xoxb": "apikey", "glpat": "apikey", "bearer": "authorization", "basic": "authorization"}
TYPE |= {k: "name" for k in ("first", "last", "lastfirst", "lastcomma", "upname", "initial", "free")}
TYPE |= {k: "phone" for k in ("phonefr", "phoneit", "phonede", "phoneuk", "phonenat", "phone00", "phonefrflat")}
TYPE |= {k: "national_id" for k in ("dni", "pesel", "bsn", "nif", "nino")}
TYPE |= {f"phone{k}": "phone" for k in ("zero", "landit", "landde", "landuk", "hyphen", "slash", "us", "world", "es", "nl", "pl", "pt")}
TYPE |= {f"dob{k}": "dob" for k in ("it", "de", "en", "frshort", "slash", "short", "eight", "fr")}
TYPE |= {k: "apikey" for k in ("sendgrid", "aiza", "ghpat", "npmtoken", "hf", "shpat", "dop", "telegram", "mailgun", "whsec", "rklive", "awssecret", "azure", "slackhook", "pem")}
TYPE |= {"dms": "gps", "wkt": "gps", "platesp": "plate", "plateuk": "plate", "cni": "perso", "cie": "perso", "avs": "national_id", "nie": "national_id", "mailodd": "mail",
         "imeidash": "imei", "macdot": "mac", "macbare": "mac", "ip4hy": "ip4", "pwhash": "password", "phrase": "password", "otp": "token", "city": "address"}
USES = {"encoded": 5, "wrapped": 5}


def unlike_secrets(line):
    """Secret scanners of code hosts must not stop on invented keys: one character of each prefix is written escaped."""
    for prefix in ("sk_live_", "ghp_", "AKIA", "xoxb-", "glpat-", "SG.", "AIza", "github_pat_", "npm_", "hf_", "shpat_", "dop_v1_", "whsec_", "rk_live_", "hooks.slack"):
        line = line.replace(prefix, f"\\u{ord(prefix[0]):04x}" + prefix[1:])
    return line


def each(s, f, keep=values.ALNUM):
    return "".join(c if c in keep else f(c) for c in s)


def utf16(c):
    b = c.encode("utf-16-be")
    return "".join(f"\\u{b[i]:02x}{b[i + 1]:02x}" for i in range(0, len(b), 2))


ENC = {
    "pct": lambda s: up.quote(s, safe=""), "pctlow": lambda s: re.sub("%..", lambda m: m[0].lower(), up.quote(s, safe="")),
    "pctall": lambda s: "".join(f"%{b:02X}" for b in s.encode()), "form": up.quote_plus,
    "u": lambda s: each(s, utf16, values.ALNUM + " .-"), "uall": lambda s: each(s, utf16, ""),
    "x": lambda s: each(s, lambda c: "".join(f"\\x{b:02X}" for b in c.encode()), values.ALNUM + " ./=&"),
    "html": lambda s: each(s, lambda c: f"&#{ord(c)};", values.ALNUM + " "), "htmlx": lambda s: each(s, lambda c: f"&#x{ord(c):x};", values.ALNUM + " "),
    "htmlq": lambda s: html.escape(s), "qp": lambda s: quopri.encodestring(s.encode()).decode().replace("=\n", ""),
    "qph": lambda s: "=?UTF-8?Q?" + each(s, lambda c: "".join(f"={b:02X}" for b in c.encode())).replace("=20", "_") + "?=",
    "b64h": lambda s: "=?utf-8?B?" + base64.b64encode(s.encode()).decode() + "?=",
    "b64": lambda s: base64.b64encode(s.encode()).decode(), "b64u": lambda s: values.b64u(s.encode()),
    "json": lambda s: json.dumps(s, ensure_ascii=False)[1:-1], "jsona": lambda s: json.dumps(s)[1:-1],
}


class Fill:
    def __init__(self, seed):
        self.r, self.people, self.pii, self.keep = random.Random(seed), {}, [], []

    def person(self, label):
        if label not in self.people:
            self.people[label] = values.Person(self.r)
        return self.people[label]

    def one(self, m):
        body = m[1] or m[2]
        if body[0] == "=":
            self.keep.append(body[1:])
            return body[1:]
        if body[0] == "~":
            self.keep.append(values.KEEP[body[1:]](self.r))
            return self.keep[-1]
        head, cls, *encs = body.split()
        kind, _, label = head.partition("@")
        value = values.PII[kind](self.r, self.person(label or f"{m.start()}{body}"))
        shown = value
        for e in encs:
            shown = ENC[e](shown)
        self.pii.append({"value": value, "as": shown, "type": TYPE.get(kind, kind), "class": CLASS[cls], "encoded": bool(encs)})
        return shown

    def text(self, t):
        while m := re.search(r"\[\[<(\w+)\]\]((?:(?!\[\[<).)*?)\[\[>\]\]", t, re.S):
            before, kept = len(self.pii), len(self.keep)
            inner = self.leaf(m[2])
            del self.keep[kept:]
            coded = ENC[m[1]](inner)
            for p in [*self.pii[before:], *[q for q in self.pii[:before] if q["as"] in inner]]:
                a = ENC[m[1]](p["as"])
                p["as"], p["encoded"] = (a if a in coded else coded), True
            t = t[: m.start()] + coded + t[m.end() :]
        return self.leaf(t)

    def leaf(self, t):
        return re.sub(r"\[\[(?:(=.*?)\]\](?!\])|([^\[\]]+?)\]\])", self.one, t)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    if len(sys.argv) > 1:
        here = os.path.join(here, sys.argv[1])
        vars(values).update(json.load(open(here + "/people.json", encoding="utf-8")))
    n = 0
    for path in sorted(glob.glob(here + "/templates/*.txt")):
        name = os.path.basename(path)[:-4]
        source = "%%%\n" + open(path, encoding="utf-8").read()
        blocks = re.split(r"^%%%(.*)\n", source, flags=re.M)[1:]
        for i, (times, t) in enumerate(zip(blocks[::2], blocks[1::2])):
            t = t.rstrip("\n")
            if not t:
                continue
            for k in range(int(times or USES.get(name, 3))):
                f = Fill(f"{name}/{t}/{k}")
                out = f.text(t)
                assert not re.search(r"\[\[[=~<>\w@]+", out), out
                for p in f.pii:
                    assert p["as"] in out, (p, out)
                for s in f.keep:
                    assert s in out, (s, out)
                n += 1
                row = {"id": f"{name}-{i:03d}-{k}", "text": out, "pii": f.pii, "keep": f.keep, "clean": not f.pii}
                print(unlike_secrets(json.dumps(row, ensure_ascii=False)))
    sys.stderr.write(f"{n} texts\n")


main()
