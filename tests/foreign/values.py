"""Values to plant: personal ones (invented persons, valid checksums) and hard negatives.

Every function takes a seeded `random.Random` and a person; nothing here knows how a detector works.
"""
import string
import unicodedata
import zlib
import json
import base64
import hashlib

from stdnum import luhn
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.it import codicefiscale, iva
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.pt import nif

FIRST = """Aurélie Océane Maël Thibaut Gwenaëlle Yann Solène Bertrand Hélène Ghislain Kévin Maëlys Fatoumata Mamadou Aïssatou
Rachid Nadia Karim Zineb Yacine Giulia Lorenzo Nicolò Alessia Ludovica Giancarlo Beatrice Salvatore Concetta Raffaele
Jürgen Käthe Sönke Friederike Björn Annegret Wolfgang Heike Uwe Dörte Siobhán Gareth Philippa Desmond Niamh Alistair
Maribel Íñigo Begoña Joaquín Remedios Duarte Inês Gonçalo Conceição Joost Marijke Sjoerd Anneke Zbigniew Małgorzata
Wojciech Agnieszka Thuy Quang Mehmet Ayşe Özlem Emre Xiuying Haruto Priya Arjun Oluwaseun Chidinma Svetlana Dmitri Zoltán Eszter
Jean-Christophe Marie-Laure Anne-Sophie Karl-Heinz Gianpiero Rosalind Theodora Basil Linnea Oskar""".split()
LAST = """Vasseur|Le Goff|Quéméneur|Delacourt|Roussillon|d'Aubigny|de La Tour|Benhaddou|Ouedraogo|Diakité|Traoré|Zerrouki|Fontanarossa
Bevilacqua|Dell'Acqua|Di Pasquale|Lo Cascio|Mastrangelo|Zanichelli|Pellegrini|Nußbaumer|Schröter|von der Heide|Großkopf|Wüstenhagen
Kaltenbrunn|Oberländer|Zimmerling|Featherstone|O'Shaughnessy|MacAlister|Winterbourne|Ashdown|Llewellyn|Etxeberria|Villalobos|Carrascosa
Montesinos|Figueiredo|Vasconcelos|Teixeira|van der Meulen|Hoogendoorn|Terpstra|de Ruijter|Wiśniewska|Szczepański|Kołodziej|Brzozowski
Nguyen-Tran|Phạm|Yıldırım|Karagöz|Takahashi|Raghunathan|Chakraborty|Adeyemi|Okonkwo|Kuznetsova|Horváth|Lindqvist|Castelnuovo
Marchandeau|Thévenot|Pouliquen|Garrigues|Bouvattier|Sartoretti|Cavicchioli|Hinterhuber|Achterberg|Quisenberry""".replace("\n", "|").split("|")
DOMAINS = """example.com example.org example.net courriel-gratuit.fr postaverde.it briefkasten-nord.de mailbarn.co.uk
correo-azul.es caixapostal.pt postduif.nl poczta-szara.pl univ-bordelac.fr liceo-galvanotti.it stadtwerke-emsen.de
greenhollow.org.uk kliniek-oost.nl acme-widgets.io lists.example.org students.example.edu bistrot-du-port.paris""".split()
STREETS = [
    "14 bis rue des Tanneurs", "3, allée des Mésanges", "221 avenue Gambetta", "27 chemin de la Croix-Blanche", "8 impasse du Lavoir",
    "56 boulevard de la Corderie", "Via dei Mille 42", "Corso Garibaldi 118/B", "Viale della Rimembranza, 9", "Piazza Cavour 3",
    "Lindenallee 17a", "Am Alten Hafen 4", "Goethestraße 88", "Kirchweg 12", "Bahnhofstr. 5", "19 Primrose Hill Road",
    "4 Orchard Close", "112 Station Road", "Calle de la Paloma 31", "Avenida de la Constitución 7", "Rua das Flores 155",
    "Prinsengracht 433", "Dorpsstraat 21", "ul. Lipowa 14", "62 quai de la Fosse", "Vicolo Stretto 6", "Mühlengasse 33", "9 Harcourt Terrace",
]
CITIES = ["Nantes", "Quimper", "Torino", "Lecce", "Oldenburg", "Jena", "Leeds", "Bath", "Gijón", "Braga", "Utrecht", "Poznań"]
ALNUM = string.ascii_letters + string.digits


def ascii_of(s):
    s = s.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ı", "i").replace("ø", "o")
    s = unicodedata.normalize("NFD", s)
    return "".join(c for c in s if unicodedata.category(c) != "Mn")


def digits(r, n):
    return "".join(r.choice(string.digits) for _ in range(n))


class Person:
    def __init__(self, r):
        self.first, self.last = r.choice(FIRST), r.choice(LAST)
        self.r = r
        f = ascii_of(self.first).lower().replace("-", "")
        l = "".join(c for c in ascii_of(self.last).lower() if c.isalpha())
        self.user = r.choice([f[0] + l, f + "." + l, f + l[:2] + digits(r, 2), l + f[0], f + "_" + l])
        self.local = r.choice([self.user, f + "." + l, l + "." + f, f + "-" + l + digits(r, 2), f + "." + l + "+news", f[0] + "." + l])
        self.mail = self.local + "@" + r.choice(DOMAINS)


def iban(r, cc=None):
    cc = cc or r.choice(["FR", "DE", "IT", "ES", "GB", "NL", "BE", "PL", "PT"])
    body = {
        "FR": lambda: digits(r, 20) + r.choice("ABKXZ") + digits(r, 2), "DE": lambda: digits(r, 18),
        "IT": lambda: r.choice("AKTX") + digits(r, 22), "ES": lambda: digits(r, 20), "GB": lambda: "NWBK" + digits(r, 14),
        "NL": lambda: "INGB" + digits(r, 10), "BE": lambda: digits(r, 12), "PL": lambda: digits(r, 24), "PT": lambda: digits(r, 21),
    }[cc]()
    n = "".join(str(int(c, 36)) for c in body + cc + "00")
    return cc + f"{98 - int(n) % 97:02d}" + body


def spaced(s, n=4, sep=" "):
    return sep.join(s[i : i + n] for i in range(0, len(s), n))


def card(r):
    head = r.choice(["4" + digits(r, 14), "51" + digits(r, 13), "55" + digits(r, 13), "37" + digits(r, 12), "4" + digits(r, 14)])
    return head + luhn.calc_check_digit(head)


def nir_no(r):
    b = r.choice("12") + f"{r.randint(40, 99)}{r.randint(1, 12):02d}{r.randint(1, 95):02d}{r.randint(1, 900):03d}{r.randint(1, 999):03d}"
    b = b.replace("20", "21") if b[5:7] == "20" else b
    return b + nir.calc_check_digits(b)


def nir_sp(r):
    n = nir_no(r)
    return " ".join([n[0], n[1:3], n[3:5], n[5:7], n[7:10], n[10:13], n[13:]])


def cf(r):
    c = "BCDFGLMNPRSTVZ"
    b = "".join(r.choice(c) for _ in range(6)) + f"{r.randint(40, 99)}" + r.choice("ABCDEHLMPRST")
    b += f"{r.choice([0, 40]) + r.randint(1, 28):02d}" + r.choice(["H501", "F205", "L219", "A662", "G273"])
    return b + codicefiscale.calc_check_digit(b)


def piva(r):
    b = "0" + digits(r, 6) + f"{r.randint(1, 95):03d}"
    return b + iva.luhn.calc_check_digit(b)


def steuerid(r):
    while True:
        d = list("0123456789")
        r.shuffle(d)
        gone, twice = d.pop(), r.choice(d)
        b = d + [twice]
        r.shuffle(b)
        s = "".join(b)
        if s[0] == "0":
            continue
        s += idnr.mod_11_10.calc_check_digit(s)
        if idnr.is_valid(s):
            return s


def svnr(r):
    letter = r.choice("ABDGHKLMSW")
    b = r.choice(["12", "15", "53", "65", "04"]) + f"{r.randint(1, 28):02d}{r.randint(1, 12):02d}{r.randint(40, 99)}"
    serial = f"{r.randint(0, 99):02d}"
    full = b + f"{ord(letter) - 64:02d}" + serial
    s = sum(sum(map(int, str(int(c) * f))) for c, f in zip(full, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]))
    return b + letter + serial + str(s % 10)


def perso(r):
    cs = "CFGHJKLMNPRTVWXYZ0123456789"
    b = r.choice("LTCFGH") + "".join(r.choice(cs) for _ in range(8))
    s = sum(int(c, 36) * w for c, w in zip(b, [7, 3, 1] * 3))
    return b + str(s % 10)


def dob(r, form=None):
    y, m, d = r.randint(1938, 2007), r.randint(1, 12), r.randint(1, 28)
    months_fr = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
    forms = {"iso": f"{y}-{m:02d}-{d:02d}", "fr": f"{d:02d}/{m:02d}/{y}", "de": f"{d:02d}.{m:02d}.{y}", "us": f"{m:02d}/{d:02d}/{y}",
             "packed": f"{y}{m:02d}{d:02d}", "long": f"{d} {months_fr[m - 1]} {y}"}
    return forms[form or r.choice(["iso", "fr", "de"])]


def phone(r, cc=None, form=None):
    cc = cc or r.choice(["fr", "it", "de", "uk", "es", "nl", "pl", "pt", "ch"])
    if cc == "fr":
        n = r.choice("1234567") + digits(r, 8)
        national, intl, short = spaced("0" + n, 2, r.choice([" ", ".", "-"])), "+33 " + n[0] + " " + spaced(n[1:], 2), "+33" + n
    elif cc == "it":
        n = "3" + r.choice("23489") + r.choice("0123456789") + digits(r, 7)
        national, intl, short = f"{n[:3]} {n[3:6]} {n[6:]}", f"+39 {n[:3]} {n[3:]}", "+39" + n
    elif cc == "de":
        n = r.choice(["151", "160", "172", "176"]) + digits(r, 8)
        national, intl, short = f"0{n[:3]}/{n[3:]}", f"+49 {n[:3]} {n[3:]}", "+49" + n
    elif cc == "uk":
        n = "7" + r.choice("45789") + digits(r, 8)
        national, intl, short = f"0{n[:4]} {n[4:7]} {n[7:]}", f"+44 {n[:4]} {n[4:]}", "+44" + n
    elif cc == "es":
        n = "6" + digits(r, 8)
        national, intl, short = spaced(n, 3), "+34 " + spaced(n, 3), "+34" + n
    elif cc == "nl":
        n = "6" + digits(r, 8)
        national, intl, short = "06-" + n[1:], "+31 6 " + n[1:5] + " " + n[5:], "+31" + n
    elif cc == "pl":
        n = "5" + digits(r, 8)
        national, intl, short = spaced(n, 3, "-"), "+48 " + spaced(n, 3), "+48" + n
    elif cc == "pt":
        n = "9" + r.choice("1236") + digits(r, 7)
        national, intl, short = spaced(n, 3), "+351 " + spaced(n, 3), "+351" + n
    else:
        n = "79" + digits(r, 7)
        national, intl, short = f"0{n[:2]} {n[2:5]} {n[5:7]} {n[7:]}", f"+41 {n[:2]} {n[2:5]} {n[5:7]} {n[7:]}", "+41" + n
    return {"nat": national, "intl": intl, "e164": short, "00": "00" + short[1:]}[form or r.choice(["intl", "e164"])]


def secret(r, n):
    return "".join(r.choice(ALNUM) for _ in range(n))


def b64u(b):
    return base64.urlsafe_b64encode(b).decode().rstrip("=")


def jwt(r, p):
    head = b64u(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    body = b64u(json.dumps({"sub": p.mail, "iat": 1700000000 + r.randint(0, 9**7)}, separators=(",", ":")).encode())
    return f"{head}.{body}.{secret(r, 43)}"


def ip6(r):
    h = lambda: f"{r.randint(1, 65535):x}"
    return r.choice([
        f"2001:db8:{h()}:{h()}:{h()}:{h()}:{h()}:{h()}", f"2a01:e0a:{h()}:{h()}:{h()}:{h()}:{h()}:{h()}",
        f"2a02:8108:{h()}:{h()}::{h()}", f"2003:e2:{h()}::{h()}:{h()}"])


def mac(r, sep):
    return sep.join(f"{r.randint(0, 255) & (254 if i == 0 else 255):02x}" for i in range(6))


def imei(r):
    b = "35" + digits(r, 12)
    return b + luhn.calc_check_digit(b)


def ean(b):
    return b + str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(b)) % 10)


WORDS = "Sommer Tulipe Gatto Falcon Biscuit Drachen Lumiere Montagna Puffin Regenbogen".split()

PII = {
    "name": lambda r, p: f"{p.first} {p.last}", "first": lambda r, p: p.first, "last": lambda r, p: p.last,
    "lastfirst": lambda r, p: f"{p.last.upper().replace('ß'.upper(), 'SS')} {p.first}", "lastcomma": lambda r, p: f"{p.last}, {p.first}",
    "upname": lambda r, p: f"{p.first} {p.last}".upper(), "initial": lambda r, p: f"{p.first[0]}. {p.last}",
    "mail": lambda r, p: p.mail, "upmail": lambda r, p: p.mail.upper(), "user": lambda r, p: p.user, "home": lambda r, p: p.user,
    "ip4": lambda r, p: f"{r.choice([82, 91, 78, 203, 176, 151, 5])}.{r.randint(2, 254)}.{r.randint(1, 254)}.{r.randint(101, 254)}",
    "ip6": lambda r, p: ip6(r), "phone": lambda r, p: phone(r), "phonefr": lambda r, p: phone(r, "fr", "nat"),
    "phoneit": lambda r, p: phone(r, "it", "nat"), "phonede": lambda r, p: phone(r, "de", "nat"), "phoneuk": lambda r, p: phone(r, "uk", "nat"),
    "phonenat": lambda r, p: phone(r, None, "nat"), "phone00": lambda r, p: phone(r, None, "00"), "phonee164": lambda r, p: phone(r, None, "e164"),
    "phonefrflat": lambda r, p: phone(r, "fr", "nat").replace(" ", "").replace(".", "").replace("-", ""),
    "iban": lambda r, p: iban(r), "ibansp": lambda r, p: spaced(iban(r)), "ibanlow": lambda r, p: iban(r).lower(),
    "card": lambda r, p: card(r), "cardsp": lambda r, p: spaced(card(r)), "carddash": lambda r, p: spaced(card(r), 4, "-"),
    "nir": lambda r, p: nir_no(r), "nirsp": lambda r, p: nir_sp(r), "cf": lambda r, p: cf(r), "cflow": lambda r, p: cf(r).lower(),
    "piva": lambda r, p: piva(r), "steuerid": lambda r, p: steuerid(r), "steueridsp": lambda r, p: (lambda s: f"{s[:2]} {s[2:5]} {s[5:8]} {s[8:]}")(steuerid(r)),
    "svnr": lambda r, p: svnr(r), "perso": lambda r, p: perso(r),
    "dni": lambda r, p: (lambda b: b + dni.calc_check_digit(b))(digits(r, 8)),
    "pesel": lambda r, p: (lambda b: b + pesel.calc_check_digit(b))(f"{r.randint(50, 99)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}" + digits(r, 4)),
    "bsn": lambda r, p: bsn_no(r), "nif": lambda r, p: (lambda b: b + nif.calc_check_digit(b))("2" + digits(r, 7)),
    "nino": lambda r, p: r.choice("ABCEHJ") + r.choice("ABCEHJ") + digits(r, 6) + r.choice("ABCD"),
    "passport": lambda r, p: r.choice([digits(r, 2) + "".join(r.choice("ABCDEFHJKT") for _ in range(2)) + digits(r, 5), "Y" + r.choice("ABC") + digits(r, 7), "C" + digits(r, 8)]),
    "dob": lambda r, p: dob(r), "dobpacked": lambda r, p: dob(r, "packed"), "doblong": lambda r, p: dob(r, "long"), "dobiso": lambda r, p: dob(r, "iso"),
    "plate": lambda r, p: r.choice([f"{a}{b}-{digits(r, 3)}-{c}{d}" for a, b, c, d in [[r.choice("ABCDEFGHJKLMNPQRSTVWXYZ") for _ in range(4)]]]),
    "plateit": lambda r, p: "".join(r.choice("ABCDEFGHJKLMN") for _ in range(2)) + digits(r, 3) + "".join(r.choice("ABCDEFGHJK") for _ in range(2)),
    "platede": lambda r, p: r.choice(["OL", "HH", "M", "J", "KA"]) + "-" + "".join(r.choice("ABCDEFGHJK") for _ in range(2)) + " " + str(r.randint(100, 9999)),
    "gps": lambda r, p: f"{r.uniform(41, 53):.6f}{r.choice([',', ', '])}{r.uniform(1, 14):.6f}",
    "lat": lambda r, p: f"{r.uniform(41, 53):.6f}", "lon": lambda r, p: f"{r.uniform(1, 14):.6f}",
    "mac": lambda r, p: mac(r, ":"), "macdash": lambda r, p: mac(r, "-").upper(), "imei": lambda r, p: imei(r),
    "password": lambda r, p: r.choice([r.choice(WORDS) + str(r.randint(1950, 2024)) + r.choice("!?$."), r.choice(WORDS).lower() + digits(r, 3) + "#" + secret(r, 2), secret(r, 11)]),
    "session": lambda r, p: r.choice([secret(r, 26).lower(), "".join(r.choice("0123456789ABCDEF") for _ in range(32)), secret(r, 32)]),
    "token": lambda r, p: secret(r, 40), "csrf": lambda r, p: r.choice([secret(r, 64), base64.b64encode(r.randbytes(32)).decode()]),
    "bearer": lambda r, p: secret(r, 48), "apikey": lambda r, p: secret(r, 32),
    "sklive": lambda r, p: "sk_" + "live_" + secret(r, 24), "ghp": lambda r, p: "gh" + "p_" + secret(r, 36), "akia": lambda r, p: "AK" + "IA" + "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
    "xoxb": lambda r, p: "xo" + "xb-" + digits(r, 12) + "-" + digits(r, 12) + "-" + secret(r, 24), "glpat": lambda r, p: "gl" + "pat-" + secret(r, 20),
    "jwt": jwt, "basic": lambda r, p: base64.b64encode(f"{p.user}:{secret(r, 12)}".encode()).decode(),
    "address": lambda r, p: r.choice(STREETS), "free": lambda r, p: f"{p.first} {p.last}",
    "mrz": lambda r, p: f"{ascii_of(p.last).upper().replace(' ', '<').replace(chr(39), '')}<<{ascii_of(p.first).upper().replace('-', '<')}",
}


def bsn_no(r):
    while True:
        s = digits(r, 9)
        if s[0] != "0" and bsn.is_valid(s):
            return s


def hexs(r, n):
    return "".join(r.choice("0123456789abcdef") for _ in range(n))


def uuid(r):
    h = hexs(r, 32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{r.choice('89ab')}{h[17:20]}-{h[20:]}"


KEEP = {
    "uuid": uuid, "md5": lambda r: hexs(r, 32), "sha1": lambda r: hexs(r, 40), "sha256": lambda r: hexs(r, 64), "git": lambda r: hexs(r, 7) + "f",
    "ver": lambda r: f"{r.randint(0, 30)}.{r.randint(0, 40)}.{r.randint(0, 99)}", "ver4": lambda r: f"{r.randint(1, 17)}.0.{r.randint(300, 9999)}.{r.randint(1, 99)}",
    "order": lambda r: r.choice(["ORD-", "CMD-", "SO", "BE-", "#"]) + f"{r.randint(2019, 2025)}-{r.randint(1, 99999):05d}",
    "ts": lambda r: f"202{r.randint(1, 5)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}T{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}.{digits(r, 3)}Z",
    "tsp": lambda r: f"202{r.randint(1, 5)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d} {r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d},{digits(r, 3)}",
    "epoch": lambda r: str(1.6e9 + r.randint(0, 10**8))[:10], "epochms": lambda r: str(int(1.6e12) + r.randint(0, 10**11)), "epochns": lambda r: str(int(1.6e18) + r.randint(0, 10**17)),
    "size": lambda r: f"{r.randint(1, 999)}.{r.randint(0, 9)} {r.choice(['kB', 'MiB', 'GB'])}", "dur": lambda r: f"{r.randint(1, 9999)}.{digits(r, 3)}ms",
    "class": lambda r: r.choice(["fr.bordelac", "it.galvano", "com.widgets", "org.emsen"]) + "." + r.choice(["billing", "scolarite", "core.io", "auth"]) + "." + r.choice(["InvoiceMapper", "LegacyAdapter$1", "RetryPolicy", "TokenFilterChain"]),
    "isbn": lambda r: ean("978" + digits(r, 9)), "ean": lambda r: ean("3" + digits(r, 11)), "track": lambda r: "1Z" + "".join(r.choice("0123456789ABCDEFW") for _ in range(16)),
    "track2": lambda r: r.choice(["RR", "LX", "CP"]) + digits(r, 9) + r.choice(["FR", "IT", "DE"]), "stock": lambda r: r.choice(["BRK.B", "AIR.PA", "ENI.MI", "SAP.DE", "VOD.L"]),
    "oid": lambda r: "1.3.6.1.4.1." + ".".join(str(r.randint(1, 9999)) for _ in range(4)), "port": lambda r: str(r.randint(1024, 65535)), "ptr": lambda r: "0x0000" + hexs(r, 12),
    "npm": lambda r: r.choice(["@babel/core", "react-dom", "@types/node", "left-pad", "@angular/router", "vite"]) + f"@{r.randint(1, 20)}.{r.randint(0, 30)}.{r.randint(0, 9)}",
    "pod": lambda r: r.choice(["checkout", "ledger-api", "mailer", "edge-proxy"]) + "-" + hexs(r, 9) + "-" + "".join(r.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(5)),
    "int": lambda r: str(r.randint(1000, 999999)), "big": lambda r: str(r.randint(10**8, 10**10)), "snow": lambda r: str(r.randint(10**17, 2 * 10**17)), "float": lambda r: f"{r.uniform(0, 900):.4f}",
    "span": lambda r: hexs(r, 16), "trace": lambda r: hexs(r, 32), "color": lambda r: "#" + hexs(r, 6), "cve": lambda r: f"CVE-202{r.randint(0, 5)}-{digits(r, 5)}",
    "etag": lambda r: f'W/"{hexs(r, 4)}-{hexs(r, 11)}"', "digest": lambda r: "sha256:" + hexs(r, 64), "invoice": lambda r: f"FA{r.randint(2020, 2025)}{digits(r, 6)}",
    "amount": lambda r: f"{r.randint(1, 9999)},{digits(r, 2)} EUR", "thread": lambda r: r.choice(["http-nio-8080-exec-", "ForkJoinPool-1-worker-", "pool-3-thread-"]) + str(r.randint(1, 60)),
    "dump": lambda r: " ".join(hexs(r, 4) for _ in range(8)), "sku": lambda r: r.choice(["TSH", "MUG", "CHR"]) + "-" + r.choice(["BLK", "NVY"]) + "-" + digits(r, 4), "crc": lambda r: f"{zlib.crc32(r.randbytes(4)):08x}",
    "doi": lambda r: f"10.{r.randint(1000, 9999)}/{hexs(r, 4)}.{digits(r, 6)}", "etype": lambda r: hashlib.sha1(r.randbytes(4)).hexdigest()[:12],
}


# Kinds that only the second corpus uses.

def phone_more(r, form):
    n = r.choice("67") + digits(r, 8)
    return {
        "zero": r.choice([f"+33 (0){n[0]} {spaced(n[1:], 2)}", f"+49 (0)30 {digits(r, 3)}{digits(r, 4)}", f"+44 (0)20 7946 0{digits(r, 3)}", f"+43 (0) 664 {r.randint(10**6, 10**7 - 1)}"]),
        "landit": r.choice([f"02 {r.randint(1000, 9999)} {digits(r, 4)}", f"06/{r.randint(1000000, 9999999)}", f"011-{r.randint(100000, 999999)}", f"+39 055 {r.randint(100000, 999999)}"]),
        "landde": r.choice([f"030 {r.randint(100000, 999999)}-{r.randint(10, 99)}", f"(0441) {r.randint(10000, 99999)}", f"0351 / {r.randint(1000000, 9999999)}", f"089-{r.randint(1000000, 9999999)}"]),
        "landuk": r.choice([f"020 7946 0{digits(r, 3)}", f"(0117) 496 0{digits(r, 3)}", f"01632 960{digits(r, 3)}", f"0161-496-0{digits(r, 3)}"]),
        "hyphen": r.choice([f"+33-{n[0]}-{spaced(n[1:], 2, '-')}", f"+39-347-{r.randint(1000000, 9999999)}", f"+1-415-555-01{digits(r, 2)}", f"+353-86-{digits(r, 3)}-{digits(r, 4)}"]),
        "slash": spaced("0" + n, 2, "/"), "us": r.choice([f"(415) 555-01{digits(r, 2)}", f"+1 (212) 555-01{digits(r, 2)}", f"+1 646 555 01{digits(r, 2)}"]),
        "world": r.choice([f"+32 4{r.randint(70, 99)} {spaced(digits(r, 6), 2)}", f"+352 621 {digits(r, 3)} {digits(r, 3)}", f"+212 6 {spaced(digits(r, 8), 2)}", f"+353 86 {digits(r, 3)} {digits(r, 4)}", f"+45 {spaced('2' + digits(r, 7), 2)}", f"+46 70 {digits(r, 3)} {spaced(digits(r, 4), 2)}"]),
    }[form]


def born(r, form):
    y, m, d = r.randint(1938, 2007), r.randint(1, 12), r.randint(1, 28)
    fr = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
    it = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
    de = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
    en = "January February March April May June July August September October November December".split()
    return {"it": f"{d} {it[m - 1]} {y}", "de": f"{d}. {de[m - 1]} {y}", "en": r.choice([f"{en[m - 1]} {d}, {y}", f"{d} {en[m - 1]} {y}", f"{d:02d}-{en[m - 1][:3].upper()}-{y}"]),
            "frshort": f"{d} {fr[m - 1]} {y}", "slash": f"{y}/{m:02d}/{d:02d}", "short": f"{d}.{m}.{y}", "eight": f"{d:02d}{m:02d}{y}"}[form]


def dms(r):
    return f"""{r.randint(42, 53)}°{r.randint(10, 59)}'{r.randint(10, 59)}.{digits(r, 1)}"N {r.randint(1, 13)}°{r.randint(10, 59)}'{r.randint(10, 59)}.{digits(r, 1)}"E"""


def avs(r):
    s = ean("756" + digits(r, 9))
    return f"{s[:3]}.{s[3:7]}.{s[7:11]}.{s[11:]}"


def nie(r):
    b = digits(r, 7)
    return "X" + b + dni.calc_check_digit("0" + b)


def odd_mail(r, p):
    f, l = (ascii_of(x).lower().replace(" ", "") for x in (p.first, p.last))
    l = "".join(c for c in l if c.isalpha())
    return r.choice([f"{l}{digits(r, 4)}@{r.choice(DOMAINS)}", f"{f}.o'{l}@example.ie", f"{f}_{l}%visitor@example.net", f"{f}@köln-büro.example", f"{l}.{f}@sub.mail-2.example.co.uk", f"{f[0]}{l}#{digits(r, 2)}@example.org"])


def letters(r, n):
    return "".join(r.choice("ABCDEFGHJKLMNPRSTVWXYZ") for _ in range(n))


PII |= {f"phone{k}": (lambda k: lambda r, p: phone(r, k, "nat"))(k) for k in ("es", "nl", "pl", "pt")}
PII |= {f"phone{k}": (lambda k: lambda r, p: phone_more(r, k))(k) for k in ("zero", "landit", "landde", "landuk", "hyphen", "slash", "us", "world")}
PII |= {f"dob{k}": (lambda k: lambda r, p: born(r, k))(k) for k in ("it", "de", "en", "frshort", "slash", "short", "eight")}
PII |= {
    "dobfr": lambda r, p: dob(r, "fr"), "dms": lambda r, p: dms(r), "wkt": lambda r, p: f"{r.uniform(1, 14):.5f} {r.uniform(41, 53):.5f}",
    "platesp": lambda r, p: f"{letters(r, 2)} {r.randint(100, 999)} {letters(r, 2)}", "plateuk": lambda r, p: f"{letters(r, 2)}{r.choice(['12', '17', '21', '68', '72'])} {letters(r, 3)}",
    "cni": lambda r, p: f"{r.randint(10, 19)}{r.randint(1, 12):02d}{r.choice(['44', '75', '13'])}{digits(r, 6)}", "cie": lambda r, p: "CA" + digits(r, 5) + letters(r, 2),
    "avs": lambda r, p: avs(r), "nie": lambda r, p: nie(r), "mailodd": odd_mail,
    "imeidash": lambda r, p: (lambda s: f"{s[:2]}-{s[2:8]}-{s[8:14]}-{s[14:]}")(imei(r)), "macdot": lambda r, p: spaced(mac(r, "")[:12], 4, "."), "macbare": lambda r, p: mac(r, ""),
    "ip4hy": lambda r, p: f"{r.choice([82, 91, 176])}-{r.randint(2, 254)}-{r.randint(1, 254)}-{r.randint(101, 254)}",
    "pwhash": lambda r, p: r.choice(["$2y$10$" + secret(r, 53), "$6$" + secret(r, 8) + "$" + secret(r, 86), "{SSHA}" + secret(r, 32)]),
    "otp": lambda r, p: f"{r.randint(100000, 999999)}", "pem": lambda r, p: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" + secret(r, 88),
    "phrase": lambda r, p: "-".join(r.choice("kiwi tornado vela crayon muschel bobine ombra pepper tulpe ruisseau".split()) for _ in range(3)) + digits(r, 2),
    "sendgrid": lambda r, p: "S" + "G." + secret(r, 22) + "." + secret(r, 43), "aiza": lambda r, p: "AI" + "za" + secret(r, 35), "ghpat": lambda r, p: "github_" + "pat_" + secret(r, 22) + "_" + secret(r, 59),
    "npmtoken": lambda r, p: "np" + "m_" + secret(r, 36), "hf": lambda r, p: "h" + "f_" + "".join(r.choice(string.ascii_letters) for _ in range(34)), "shpat": lambda r, p: "shp" + "at_" + hexs(r, 32),
    "dop": lambda r, p: "dop_" + "v1_" + hexs(r, 64), "telegram": lambda r, p: f"{r.randint(10**8, 10**10)}:AA" + secret(r, 33), "mailgun": lambda r, p: "ke" + "y-" + hexs(r, 32), "whsec": lambda r, p: "wh" + "sec_" + secret(r, 32),
    "rklive": lambda r, p: "rk_" + "live_" + secret(r, 24), "awssecret": lambda r, p: secret(r, 18) + "/" + secret(r, 12) + "+" + secret(r, 8), "azure": lambda r, p: base64.b64encode(r.randbytes(64)).decode(),
    "slackhook": lambda r, p: "T0" + letters(r, 8) + "/B0" + letters(r, 8) + "/" + secret(r, 24), "city": lambda r, p: r.choice(CITIES),
}
KEEP |= {
    "gitref": lambda r: f"refs/heads/{r.choice(['feature', 'hotfix'])}/{r.choice(['JIRA', 'OPS', 'PAY'])}-{r.randint(10, 9999)}", "sid": lambda r: f"S-1-5-{r.choice([18, 19, 20])}", "hex8": lambda r: f"0x{hexs(r, 8)}",
    "pct": lambda r: f"{r.uniform(0, 100):.2f}%", "kelvin": lambda r: f"{r.uniform(-20, 40):.1f}°C", "bpm": lambda r: f"{r.randint(40, 180)}/min", "lot": lambda r: f"LOT{r.randint(2020, 2026)}{letters(r, 2)}{digits(r, 3)}",
    "room": lambda r: f"{letters(r, 1)}{r.randint(1, 9)}-{r.randint(100, 999)}", "flight": lambda r: r.choice(["AF", "AZ", "LH", "KL"]) + str(r.randint(100, 9999)), "error": lambda r: r.choice(["ORA-", "SQLSTATE-", "E", "HRESULT-"]) + digits(r, 5),
    "cron": lambda r: f"{r.randint(0, 59)} {r.randint(0, 23)} * * {r.randint(0, 6)}", "atc": lambda r: r.choice("ABCDGHJLMNPRSV") + f"{r.randint(1, 16):02d}" + letters(r, 2) + f"{r.randint(1, 99):02d}", "cidr": lambda r: f"/{r.randint(8, 30)}",
}
