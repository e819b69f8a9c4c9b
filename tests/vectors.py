#!/usr/bin/env python3
"""SEAL1 a second time, written from docs/formats/seal.md alone: checks docs/formats/vectors/seal1.json.

    python3 tests/vectors.py              checks every vector; exit code 1 when one fails
    python3 tests/vectors.py --foreign    makes the section "foreign", which the Rust tests open

Needs Python 3.11 and the package `cryptography` (44 or later, for Argon2id).
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import struct
import sys
import unicodedata

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

FILE = pathlib.Path(__file__).resolve().parent.parent / "docs/formats/vectors/seal1.json"
SUITE = 0x11
NOW = 20_779 * 86_400 + 73_966


class Refused(Exception):
    """What a reader says instead of a plaintext."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def H(key, *message):
    return hmac.new(key, b"".join(message), hashlib.sha256).digest()


def u16(n):
    return struct.pack(">H", n)


def u32(n):
    return struct.pack(">I", n)


def lp(x):
    return u16(len(x)) + x


def b64(x):
    return base64.urlsafe_b64encode(x).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def unhex(text):
    return bytes.fromhex(text)


# Derivations


def commitment(secret, c):
    return H(secret, b"SEAL1 commit", bytes([c]))


def key_id(tenant, com):
    named = b"".join(bytes([c]) + com[c - 1] for c in (1, 2, 3))
    return sha256(b"SEAL1 kid", lp(tenant.encode()), named)[:16]


def blob_key(secret, i):
    ck = H(H(H(secret, b"SEAL1 outer"), b"\x01"), b"SEAL1 inner")
    for _ in range(i):
        ck = H(ck, b"\x02")
    return H(ck, b"\x01")


# Blob


def padded_length(plain):
    n = plain + 1
    if n > 256:
        e = n.bit_length() - 1
        s = e.bit_length()
        n = -(-n // (1 << (e - s))) * (1 << (e - s))
    return -(-n // 32) * 32


def pad(plain, length):
    return plain + b"\x80" + bytes(length - len(plain) - 1)


def unpad(padded):
    plain = padded.rstrip(b"\0")
    if not plain.endswith(b"\x80"):
        raise Refused("padding")
    return plain[:-1]


def blob_aad(head, kid, record, tenant, stream, v):
    suite, kind, j, i = struct.unpack(">BBHH", head)
    fixed = bytes([suite, kind >> 4, kind & 15]) + kid + u16(j) + u16(i)
    return b"SEAL1\0" + fixed + record + lp(tenant.encode()) + lp(stream.encode()) + u16(v)


def seal(secret, kind, i, kid, record, tenant, stream, v, plain):
    head = struct.pack(">BBHH", SUITE, kind, 0, i)
    aad = blob_aad(head, kid, record, tenant, stream, v)
    body = pad(plain, padded_length(len(plain)))
    return head + AESGCM(blob_key(secret, i)).encrypt(record[4:16], body, aad)


def decrypt(key, nonce, sealed, aad, error):
    if len(sealed) < 16:
        raise Refused(error)
    try:
        return AESGCM(key).decrypt(nonce, sealed, aad)
    except InvalidTag:
        raise Refused(error) from None


def open_event(recipients, sessions, rows, event):
    """The plaintext of a blob, with every check that the page names, in its order."""
    blob = unhex(event["blob"])
    if len(blob) < 6:
        raise Refused("format")
    suite, kind, j, i = struct.unpack(">BBHH", blob[:6])
    if suite != SUITE or j != 0 or kind >> 4 not in (1, 2, 3) or kind & 15 > 3:
        raise Refused("format")
    kid, c = unhex(event["kid"]), kind >> 4
    row = next((row for row in rows if unb64(row["kid"]) == kid), None)
    if row is None:
        raise Refused("no-row")
    if NOW >= (row["day"] + 1 + row["ret"]) * 86_400:
        raise Refused("expired")
    secret = unwrap(recipients, sessions, row, c, row["wrapped"][str(c)])
    com = [unb64(row["com"][str(n)]) for n in (1, 2, 3)]
    if commitment(secret, c) != com[c - 1] or key_id(event["tenant"], com) != kid:
        raise Refused("wrong-key")
    record = unhex(event["id"])
    aad = blob_aad(blob[:6], kid, record, event["tenant"], event["stream"], event["v"])
    return unpad(decrypt(blob_key(secret, i), record[4:16], blob[6:], aad, "tampered"))


# HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, export-only

KEM_ID = b"KEM" + u16(0x0020)
HPKE_ID = b"HPKE" + u16(0x0020) + u16(0x0001) + u16(0xFFFF)


def extract(salt, ikm):
    return H(salt or bytes(32), ikm)


def expand(prk, info, length):
    out, block, n = b"", b"", 1
    while len(out) < length:
        block = H(prk, block, info, bytes([n]))
        out, n = out + block, n + 1
    return out[:length]


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return expand(prk, u16(length) + b"HPKE-v1" + suite + label + info, length)


def derive_key_pair(ikm):
    prk = labeled_extract(KEM_ID, b"", b"dkp_prk", ikm)
    return X25519PrivateKey.from_private_bytes(labeled_expand(KEM_ID, prk, b"sk", b"", 32))


def public_of(private):
    return private.public_key().public_bytes_raw()


def exporter(dh, enc, public, info):
    prk = labeled_extract(KEM_ID, b"", b"eae_prk", dh)
    shared = labeled_expand(KEM_ID, prk, b"shared_secret", enc + public, 32)
    hashes = [labeled_extract(HPKE_ID, b"", b"psk_id_hash", b""), labeled_extract(HPKE_ID, b"", b"info_hash", info)]
    secret = labeled_extract(HPKE_ID, shared, b"secret", b"")
    return labeled_expand(HPKE_ID, secret, b"exp", b"\0" + b"".join(hashes), 32)


def export(exporter_secret):
    return labeled_expand(HPKE_ID, exporter_secret, b"sec", b"SEAL1 wrap", 32)


# Wrapping


def session_info(label, ret, c, w, writer):
    return b"SEAL1 ws" + lp(label.encode()) + u16(ret) + bytes([c]) + u16(w) + writer


def wrap_key(exported, q):
    x = H(exported, b"SEAL1 ws0")
    for _ in range(q):
        x = H(x, b"\x02")
    return H(x, b"\x01")


def wrap_aad(kid, c, ws, q, day, tenant):
    label = b"SEAL1 ix\0" if c == 15 else b"SEAL1 row\0"
    return label + kid + bytes([c]) + ws + u32(q) + u16(day) + lp(tenant.encode())


def session_export(recipients, session):
    """exp of a session row, with the private key of its recipient."""
    enc = unb64(session["enc"])
    names = ("tenant", "ret", "class", "epoch")
    found = [key for key in recipients if all(key[name] == session[name] for name in names)]
    if not found or unb64(session["ws"]) != sha256(enc)[:12]:
        raise Refused("wrong-key")
    private = X25519PrivateKey.from_private_bytes(unhex(found[0]["private"]))
    dh = private.exchange(X25519PublicKey.from_public_bytes(enc))
    info = session_info(*(session[name] for name in names), unb64(session["writer"]))
    return export(exporter(dh, enc, public_of(private), info))


def unwrap(recipients, sessions, row, c, wrapped):
    ws, q, sealed = unb64(wrapped[0]), wrapped[1], unb64(wrapped[2])
    session = next((session for session in sessions if unb64(session["ws"]) == ws), None)
    if session is None:
        raise Refused("no-row")
    agree = (
        session["class"] == c
        and session["ret"] == row["ret"]
        and session["writer"] == row["writer"]
        and session["epoch"] == row["day"] // 7
        and session["tenant"] in (row["tenant"], "*")
    )
    if not agree or q >= 4096:
        raise Refused("wrong-key")
    key = wrap_key(session_export(recipients, session), q)
    aad = wrap_aad(unb64(row["kid"]), c, ws, q, row["day"], row["tenant"])
    return decrypt(key, bytes(8) + u32(q), sealed, aad, "wrong-key")


# Signed notes


def verifier(text):
    name, key_hash, key = text.split("+", 2)
    key = base64.b64decode(key, validate=True)
    if key[0] != 1 or key_hash != sha256(name.encode(), b"\n", key)[:4].hex():
        raise Refused("verifier")
    return name, unhex(key_hash), Ed25519PublicKey.from_public_bytes(key[1:])


def verify_note(verifier_text, note):
    name, key_hash, key = verifier(verifier_text)
    if any(ord(c) < 32 and c != "\n" for c in note) or "\n\n" not in note:
        raise Refused("format")
    at = note.rindex("\n\n") + 1
    text, signatures = note[:at], note[at + 1 :]
    signed = False
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if (dash, signer, signature[:4]) == ("\u2014", name, key_hash):
            try:
                key.verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Refused("signature") from None
            signed = True
    if not signed:
        raise Refused("unsigned")
    return text


# Normal forms


def ascii_domain(domain):
    """UTS #46 as far as the vectors need it: no labels that it maps specially or refuses."""
    labels = unicodedata.normalize("NFC", domain.lower()).split(".")
    return ".".join(one if one.isascii() else "xn--" + one.encode("punycode").decode() for one in labels)


def normal_email(text):
    text = unicodedata.normalize("NFKC", text.strip())
    if "@" not in text:
        return text.lower()
    local, domain = text.rsplit("@", 1)
    return local.lower() + "@" + ascii_domain(domain)


def normal_id(text):
    return unicodedata.normalize("NFC", text.strip())


def normal_phone(text):
    text = unicodedata.normalize("NFKC", text.strip()).replace("(0)", "")
    digits = "".join(c for c in text if c in "0123456789")
    if text.startswith("+"):
        return "+" + digits
    return "+" + digits[2:] if digits.startswith("00") else digits


def normal_name(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    text = "".join(c for c in text if not "\u0300" <= c <= "\u036f")
    text = text.replace("\u00df", "ss").replace("\u03c2", "\u03c3")
    words = re.split(r"[\s!-/:-@\[-`{-~\u2010\u2019]+", text)
    return " ".join(sorted(word for word in words if word))


NORMAL = {
    "uid": normal_id,
    "email": normal_email,
    "phone": normal_phone,
    "name": normal_name,
    "fid": normal_id,
    "login": normal_id,
}

# The checks: each yields (name, got, wanted)


def check_chain(chain):
    secrets = [unhex(secret) for secret in chain["secrets"]]
    com = [commitment(secrets[c - 1], c) for c in (1, 2, 3)]
    yield "commitments", [one.hex() for one in com], chain["com"]
    yield "key id", key_id(chain["tenant"], com).hex(), chain["kid"]
    for key in chain["keys"]:
        yield f"mk_{key['i']}", blob_key(secrets[key["class"] - 1], key["i"]).hex(), key["mk"]


def check_padding(cases):
    for plain, padded in cases:
        yield f"padding of {plain}", padded_length(plain), padded


def check_blobs(cases, wrapping):
    sessions = [session["row"] for session in wrapping["sessions"]]
    for case in cases:
        name = f"blob {case['class']}.{case['role']} i={case['i']}"
        opened = open_event(wrapping["recipients"], sessions, [wrapping["key_row"]], case)
        yield name + " opens", opened.decode(), case["plaintext"]
        secret = unhex(wrapping["secrets"][case["class"] - 1])
        kind = case["class"] << 4 | case["role"]
        place = (unhex(case["kid"]), unhex(case["id"]), case["tenant"], case["stream"], case["v"])
        sealed = seal(secret, kind, case["i"], *place, case["plaintext"].encode())
        yield name + " seals", sealed.hex(), case["blob"]


def check_wrapping(wrapping):
    row, recipients = wrapping["key_row"], wrapping["recipients"]
    sessions = [session["row"] for session in wrapping["sessions"]]
    for key in recipients:
        private = derive_key_pair(unhex(key["ikm"]))
        yield f"recipient {key['class']}", public_of(private).hex(), key["public"]
    for key, session in zip(recipients, wrapping["sessions"]):
        ephemeral, made = derive_key_pair(unhex(session["ephemeral_ikm"])), session["row"]
        yield f"session {key['class']} enc", b64(public_of(ephemeral)), made["enc"]
        info = session_info(key["tenant"], key["ret"], key["class"], key["epoch"], unb64(made["writer"]))
        yield f"session {key['class']} info", info.hex(), session["info"]
        dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(unhex(key["public"])))
        sent = export(exporter(dh, public_of(ephemeral), unhex(key["public"]), info))
        yield f"session {key['class']} export", sent, session_export(recipients, made)
        expires = ((made["epoch"] + 1) * 7 + made["ret"] + 3) * 86_400
        yield f"session {key['class']} expiry", made["expires"], expires
    for c in (1, 2, 3):
        secret = unwrap(recipients, sessions, row, c, row["wrapped"][str(c)])
        yield f"secret {c}", secret.hex(), wrapping["secrets"][c - 1]
    ix = unwrap(recipients, sessions, row, 15, row["ix"])
    yield "ix", unpad(ix).decode(), wrapping["ix"]
    yield "ix length", len(ix) % 64, 0
    yield "row expiry", row["expires"], (row["day"] + 1 + row["ret"]) * 86_400


def check_index(index):
    key = H(unhex(index["master"]), b"SEAL1 bi key", lp(index["tenant"].encode()))
    yield "index key", key.hex(), index["key"]
    for case in index["cases"]:
        name = f"{case['type']} {case['normalised']}"
        normalised = NORMAL[case["type"]](case["value"])
        yield name, normalised, case["normalised"]
        bi = H(key, b"SEAL1 bi", case["type"].encode(), b"\0", normalised.encode())[:16]
        yield name + " bi", bi.hex(), case["bi"]


def check_tree(tree):
    leaves = [sha256(b"\0", event.encode()) for event in tree["events"]]
    yield "leaves", [leaf.hex() for leaf in leaves], tree["leaves"]
    root = sha256(b"\1", sha256(b"\1", leaves[0], leaves[1]), leaves[2])
    yield "root", root.hex(), tree["root"]
    batch = b"SEAL1 batch\n" + u32(len(leaves)) + root + unhex(tree["first"]) + unhex(tree["last"])
    yield "batch leaf", batch.hex(), tree["batch_leaf"]
    yield "batch leaf hash", sha256(b"\0", batch).hex(), tree["batch_leaf_hash"]


def check_notes(notes, recipients):
    for name in ("manifest", "checkpoint"):
        text = verify_note(notes[name]["verifier"], notes[name]["note"])
        key = Ed25519PrivateKey.from_private_bytes(unhex(notes["seed"]))
        signer, key_hash, _ = verifier(notes[name]["verifier"])
        signature = base64.b64encode(key_hash + key.sign(text.encode())).decode()
        yield name, f"{text}\n\u2014 {signer} {signature}\n", notes[name]["note"]
    lines = verify_note(notes["manifest"]["verifier"], notes["manifest"]["note"]).splitlines()
    yield "manifest title", lines[0], "greffier recipients v1"
    wanted = [
        f"{key['tenant']} {key['ret']} {key['class']} {key['epoch']} 0x11 {b64(unhex(key['public']))}"
        for key in recipients
    ]
    yield "manifest keys", lines[3:], wanted


def check_custody(custody, recipient):
    argon = Argon2id(
        salt=unhex(custody["salt"]),
        length=32,
        iterations=custody["passes"],
        lanes=custody["lanes"],
        memory_cost=custody["memory_kib"],
    )
    master = argon.derive(custody["passphrase"].encode())
    yield "Argon2id", master.hex(), custody["argon2id"]
    c = recipient["class"]
    level0 = expand(extract(b"", master), b"SEAL1 L0" + bytes([c]), 32)
    yield "L0", level0.hex(), custody["level0"]
    name = lp(recipient["tenant"].encode()) + u16(recipient["ret"]) + bytes([c]) + u16(recipient["epoch"])
    aad = b"SEAL1 l1\0" + name + bytes([SUITE]) + unhex(recipient["public"])
    yield "custody AAD", aad.hex(), custody["aad"]
    sealed = unhex(custody["sealed"])
    private = decrypt(level0, sealed[:12], sealed[12:], aad, "custody")
    yield "private key", private.hex(), recipient["private"]
    yield "private key of its public", public_of(X25519PrivateKey.from_private_bytes(private)).hex(), recipient["public"]


def outcome(opening, *arguments):
    try:
        opening(*arguments)
    except Refused as refused:
        return str(refused)
    return "none"


def check_negatives(negatives, wrapping, notes):
    sessions = [session["row"] for session in wrapping["sessions"]]
    rows, recipients = [wrapping["key_row"]], wrapping["recipients"]
    for case in negatives["events"]:
        yield "event: " + case["what"], outcome(open_event, recipients, sessions, rows, case), case["error"]
    good = negatives["events"][0]
    for case in negatives["key_rows"]:
        got = outcome(open_event, recipients, sessions, [case["key_row"]], good)
        yield "row: " + case["what"], got, case["error"]
    for case in negatives["notes"]:
        got = outcome(verify_note, notes["manifest"]["verifier"], case["note"])
        yield "note: " + case["what"], got != "none", True


def check_foreign(foreign, made):
    yield "foreign section is what this script makes", foreign, made
    event = foreign["event"]
    opened = open_event(foreign["recipients"], foreign["sessions"], [foreign["key_row"]], event)
    yield "foreign blob opens", opened.decode(), event["plaintext"]


# The section that this implementation makes and the other one opens


def make_foreign():
    tenant, writer, day, ret = "mairie-x", bytes(range(0x21, 0x29)), 20_779, 365
    secrets = [bytes([0x81 + n]) * 32 for n in range(3)]
    com = [commitment(secrets[c - 1], c) for c in (1, 2, 3)]
    kid, record = key_id(tenant, com), bytes(range(0xF0, 0x100))
    recipients, sessions, wraps = [], [], {}
    ix = b'{"uid":["42"],"email":[],"phone":[],"name":[],"fid":[],"login":[]}'
    for c in (1, 2, 3, 15):
        private, ephemeral = derive_key_pair(bytes([0x90 + c]) * 32), derive_key_pair(bytes([0xA0 + c]) * 32)
        public, enc = public_of(private), public_of(ephemeral)
        name = {"tenant": tenant, "ret": ret, "class": c, "epoch": day // 7}
        recipients.append(name | {"private": private.private_bytes_raw().hex(), "public": public.hex()})
        dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        exported = export(exporter(dh, enc, public, session_info(*name.values(), writer)))
        ws, q = sha256(enc)[:12], 5 * c
        sessions.append(
            {"ws": b64(ws), "writer": b64(writer)}
            | name
            | {"suite": SUITE, "enc": b64(enc), "created": NOW}
            | {"expires": ((day // 7 + 1) * 7 + ret + 3) * 86_400}
        )
        plain = pad(ix, -(-(len(ix) + 1) // 64) * 64) if c == 15 else secrets[c - 1]
        aad = wrap_aad(kid, c, ws, q, day, tenant)
        sealed = AESGCM(wrap_key(exported, q)).encrypt(bytes(8) + u32(q), plain, aad)
        wraps[str(c)] = [b64(ws), q, b64(sealed)]
    row = {"kid": b64(kid), "tenant": tenant, "ret": ret, "day": day, "writer": b64(writer), "suite": SUITE}
    row |= {"com": {str(c): b64(com[c - 1]) for c in (1, 2, 3)}}
    row |= {"ix": wraps.pop("15"), "wrapped": wraps, "claimed": True, "created": NOW}
    row |= {"expires": (day + 1 + ret) * 86_400}
    plain = '{"post":{"text":"Grüße aus Köln – ' + "🖋" * 80 + '"}}'
    blob = seal(secrets[2], 3 << 4 | 2, 77, kid, record, tenant, "audit", 1, plain.encode())
    event = {"kid": kid.hex(), "id": record.hex(), "tenant": tenant, "stream": "audit", "v": 1}
    event |= {"plaintext": plain, "blob": blob.hex()}
    return {"recipients": recipients, "sessions": sessions, "key_row": row, "event": event}


def main():
    made = make_foreign()
    if "--foreign" in sys.argv:
        print(json.dumps(made, indent=2, ensure_ascii=False, sort_keys=True))
        return 0
    vectors = json.loads(FILE.read_text(encoding="utf-8"))
    wrapping, notes = vectors["wrapping"], vectors["notes"]
    content = next(key for key in wrapping["recipients"] if key["class"] == 3)
    checks = [
        check_chain(vectors["chain"]),
        check_padding(vectors["padding"]),
        check_blobs(vectors["blobs"], wrapping),
        check_wrapping(wrapping),
        check_index(vectors["index"]),
        check_tree(vectors["tree"]),
        check_notes(notes, wrapping["recipients"]),
        check_custody(vectors["custody"], content),
        check_negatives(vectors["negatives"], wrapping, notes),
        check_foreign(vectors["foreign"], made),
    ]
    passed = failed = 0
    for check in checks:
        for name, got, wanted in check:
            if got == wanted:
                passed += 1
            else:
                failed += 1
                print(f"FAILED {name}: got {got}, wanted {wanted}", file=sys.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
