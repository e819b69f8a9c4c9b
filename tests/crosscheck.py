#!/usr/bin/env python3
"""Cross-check of greffier's checks against python-stdnum and phonenumbers (libphonenumber).

usage: crosscheck.py VERDICTS [COUNT]      COUNT values of each kind (1000)

VERDICTS is the example `verdicts` of greffier-redactor. Half of the values are made valid, half are valid ones
with a few characters changed. Whatever the others call valid must be found. What we take and they do not must
have its reason here: it is counted, by reason. Fixed seed; called by ./test.
"""
import collections, random, re, string, subprocess, sys

import phonenumbers as tel
from stdnum import iban, imei, luhn, numdb
from stdnum.be import vat as be_vat
from stdnum.de import idnr, vat as de_vat
from stdnum.fr import nir, siren, siret, tva
from stdnum.iso7064 import mod_11_10, mod_97_10
from stdnum.it import codicefiscale, iva

R = random.Random(20261122)
SHOWN = 5  # examples of each difference

Question = collections.namedtuple("Question", "line value valid reason")


def digits(count, first=string.digits):
    return R.choice(first) + "".join(R.choices(string.digits, k=count - 1))


def mutated(value):
    """One to three characters changed for others of their kind, or two neighbours swapped."""
    chars = list(value)
    if R.random() < 0.3:
        at = R.randrange(len(chars) - 1)
        chars[at], chars[at + 1] = chars[at + 1], chars[at]
        return "".join(chars)
    for _ in range(R.choice([1, 1, 2, 3])):
        at = R.randrange(len(chars))
        if chars[at].isalnum():
            chars[at] = R.choice(string.digits if chars[at].isdigit() else string.ascii_uppercase)
    return "".join(chars)


# ------------------------------------------------------------------ generators of valid numbers
def with_luhn(number):
    return number + luhn.calc_check_digit(number)


def make_siret():
    return with_luhn(with_luhn(digits(8)) + "0" + digits(3))


def make_nir():
    place = R.choice(["2A", "2B"]) if R.random() < 0.1 else f"{R.randint(1, 99):02}"
    # INSEE: months 20, 30 to 42 and 50 to 99 where the true one is not known or not on a record
    month = R.choice([*range(1, 13)] * 5 + [20, *range(30, 43), *range(50, 100)])
    body = f"{R.choice('123478')}{digits(2)}{month:02}{place}{R.randint(1, 990):03}{R.randint(1, 999):03}"
    return body + nir.calc_check_digits(body)


def make_codice_fiscale():
    letters = lambda count: "".join(R.choices(string.ascii_uppercase, k=count))
    day = R.randint(1, 28) + 40 * R.randint(0, 1)
    code = f"{letters(6)}{digits(2)}{R.choice('ABCDEHLMPRST')}{day:02}{letters(1)}{digits(3)}"
    for at in (6, 7, 9, 10, 12, 13, 14):  # omocodia
        if R.random() < 0.1:
            code = code[:at] + "LMNPQRSTUV"[int(code[at])] + code[at + 1:]
    return code + codicefiscale.calc_check_digit(code)


def make_piva():
    body = f"{R.randint(1, 9999999):07}{R.choice([R.randint(1, 100), 120, 121, 888, 999]):03}"
    return with_luhn(body)


def make_steuer_id():
    once = R.sample(string.digits, 10)
    double, left_out = once[0], once[1:R.choice([2, 3])]
    body = [digit for digit in once if digit not in left_out] + [double] * len(left_out)
    R.shuffle(body)
    if body[0] == "0":
        body.reverse()
    if body[0] == "0":
        return make_steuer_id()
    return "".join(body) + mod_11_10.calc_check_digit("".join(body))


def make_svnr():
    day = R.randint(1, 31) + R.choice([0, 0, 0, 50])
    body = f"{R.randint(2, 89):02}{day:02}{R.randint(1, 12):02}{digits(2)}{R.choice(string.ascii_uppercase)}{digits(2)}"
    return body + svnr_check(body)


def svnr_check(body):
    """VKVV section 4: the letter as two digits, weights, the sum of the digits of the products."""
    plain = "".join(f"{ord(char) - 64:02}" if char.isalpha() else char for char in body)
    products = (int(digit) * weight for digit, weight in zip(plain, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)))
    return str(sum(int(digit) for product in products for digit in str(product)) % 10)


def is_svnr(number):
    return bool(re.fullmatch(r"\d{8}[A-Z]\d{3}", number)) and svnr_check(number[:11]) == number[11] \
        and (int(number[2:4]) <= 31 or 51 <= int(number[2:4]) <= 81) and int(number[4:6]) <= 12


def make_german_document():
    body = R.choice("CFGHJKLMNPRTVWXYZ") + "".join(R.choices("0123456789CFGHJKLMNPRTVWXYZ", k=8))
    return body + icao_check(body)


def icao_check(body):
    """ICAO Doc 9303 part 3, section 4.9."""
    return str(sum(int(char, 36) * (7, 3, 1)[n % 3] for n, char in enumerate(body)) % 10)


def is_german_document(number):
    form = re.fullmatch(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}\d", number)
    return bool(form) and icao_check(number[:9]) == number[9]


def make_vat():
    country = R.choice(["BE", "DE", "FR", "FR", "IT"])
    if country == "BE":
        body = digits(8, "01")
        return f"BE{body}{97 - int(body) % 97:02}"
    if country == "DE":
        body = digits(8, "123456789")
        return "DE" + body + mod_11_10.calc_check_digit(body)
    return "IT" + make_piva() if country == "IT" else make_tva()


def make_tva():
    """Old keys are digits, new ones hold letters; numbers of Monaco begin with 000 and are no SIREN."""
    number = "000" + digits(6) if R.random() < 0.1 else with_luhn(digits(8))
    if R.random() < 0.5:
        return f"FR{int(number + '12') % 97:02}{number}"
    while True:
        key = "".join(R.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=2))
        if not key.isdigit() and tva.is_valid(key + number):
            return f"FR{key}{number}"


def is_vat(number):
    return {"BE": be_vat, "DE": de_vat, "FR": tva, "IT": iva}[number[:2]].is_valid(number) \
        if number[:2] in ("BE", "DE", "FR", "IT") else False


# ------------------------------------------------------------------ why we may take more than they do
def vat_reason(number):
    if number.startswith("IT") and luhn.is_valid(number[2:]):
        return "a province that is none (yet)"
    if number.startswith("BE") and number[2] > "1" and (int(number[2:10]) + int(number[10:])) % 97 == 0:
        return "a first digit that is not given out yet"


def siret_reason(number):
    return "a SIREN that is none" if luhn.is_valid(number) else None


def piva_reason(number):
    return "a province that is none (yet)" if luhn.is_valid(number) else None


def fiscal_reason(number):
    right = re.fullmatch(r"[A-Z]{6}[\dLMNP-V]{2}[A-Z][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]", number)
    if right and codicefiscale.calc_check_digit(number[:15]) == number[15]:
        return "a day that no month has"


CHECKS = [  # kind, our check, how to make one, what the others say, why we may take more
    ("luhn", "luhn", lambda: with_luhn(digits(R.randint(11, 18))), luhn.is_valid, None),
    ("siren", "luhn", lambda: with_luhn(digits(8)), siren.is_valid, None),
    ("siret", "luhn", make_siret, siret.is_valid, siret_reason),
    ("imei", "luhn", lambda: with_luhn(digits(14)), imei.is_valid, None),
    ("partita IVA", "luhn", make_piva, iva.is_valid, piva_reason),
    ("codice fiscale", "codice_fiscale", make_codice_fiscale, codicefiscale.is_valid, fiscal_reason),
    ("NIR", "nir", make_nir, nir.is_valid, None),
    ("Steuer-ID", "steuer_id", make_steuer_id, idnr.is_valid, None),
    ("VAT", "vat", make_vat, is_vat, vat_reason),
    # stdnum has none of these: a second implementation of the public rule, above.
    ("SVNR", "svnr", make_svnr, is_svnr, None),
    ("German document", "german_document", make_german_document, is_german_document, None),
]


def narrower(kind, number):
    """Numbers that stdnum takes and we do not, with our reason."""
    months = (*range(1, 13), 20, *range(30, 43), *range(50, 100))
    post_office = kind == "siret" and not luhn.is_valid(number)  # La Poste's branches: nobody's, and any number would do
    return post_office or kind == "NIR" and (number[0] not in "123478" or int(number[3:5]) not in months)


def checks(count):
    for kind, check, make, theirs, reason in CHECKS:
        for n in range(count):
            number = make() if n % 2 == 0 else mutated(make())
            valid = theirs(number) and not narrower(kind, number)
            yield kind, Question(f"{check}\t{number}", number, valid, reason)


# ------------------------------------------------------------------ IBANs in text
def iban_countries():
    """Country and structure of the registry that stdnum ships."""
    for country in (a + b for a in string.ascii_uppercase for b in string.ascii_uppercase):
        _, properties = numdb.get("iban").info(country)[0]
        if "bban" in properties:
            yield country, properties["bban"]


def make_iban(country, structure):
    kinds = {"n": string.digits, "a": string.ascii_uppercase, "c": string.ascii_uppercase + string.digits}
    parts = re.findall(r"(\d+)!([nac])", structure)
    bban = "".join("".join(R.choices(kinds[kind], k=int(size))) for size, kind in parts)
    return country + mod_97_10.calc_check_digits(bban + country) + bban


def iban_reason(value):
    number = re.sub(r"[^0-9A-Z]", "", value.upper())
    info = numdb.get("iban").info(number)[0][1]
    length = sum(int(size) for size in re.findall(r"(\d+)!", info.get("bban", "")))
    if mod_97_10.is_valid(number[4:] + number[:4]) and len(number) == 4 + length:
        return "letters where the country has digits"


def ibans(count):
    countries = list(iban_countries())
    for n in range(count):
        number = make_iban(*countries[n % len(countries)])
        changed = n // len(countries) % 2 == 1
        number = mutated(number) if changed else number
        groups = " ".join(number[at:at + 4] for at in range(0, len(number), 4))
        value = R.choice([number, number.lower(), groups, groups.replace(" ", "."), groups.replace(" ", "-")])
        valid = iban.is_valid(number, check_country=False)
        yield "IBAN", Question(f"found\tpaid to {value} today\t{value}", value, valid, iban_reason)


# ------------------------------------------------------------------ telephone numbers in text
HOME = ["FR", "IT", "DE", "GB"]


def make_phone(region):
    """A number of the region's plan: one of its examples with other last digits."""
    kinds = [kind for kind in tel.PhoneNumberType.values() if tel.example_number_for_type(region, kind)]
    if not kinds:
        return tel.example_number(region)
    example = tel.example_number_for_type(region, R.choice(kinds))
    national = str(example.national_number)
    for tries in range(20):
        keep = R.randint(2, max(2, len(national) - 2))
        changed = national[:keep] + "".join(R.choices(string.digits, k=len(national) - keep))
        number = tel.PhoneNumber(example.country_code, int(changed), italian_leading_zero=example.italian_leading_zero,
                                 number_of_leading_zeros=example.number_of_leading_zeros)
        if tel.is_valid_number(number):
            return number
    return example


def phones(count):
    regions = sorted(tel.SUPPORTED_REGIONS)
    for n in range(count):
        home = n % 2 == 0
        number = make_phone(R.choice(HOME) if home else R.choice(regions))
        e164 = tel.format_number(number, tel.PhoneNumberFormat.E164)
        written = tel.format_number(number, tel.PhoneNumberFormat.INTERNATIONAL)
        form = R.choice(["E.164", "international", "00", "national"] if home else ["E.164", "international"])
        value = {"E.164": e164, "international": written, "00": "00" + e164[1:],
                 "national": tel.format_number(number, tel.PhoneNumberFormat.NATIONAL)}[form]
        text = f"tel. {value} called" if form == "national" else f"call {value} today"
        if e164.startswith("+1") and len(e164) == 9:
            continue  # Canada's 310 numbers: a company's, never a person's
        if len(e164) < 8:
            continue  # fewer than seven digits: short codes of a network, and too many other numbers look so
        yield f"phone {form}{'' if home else ', any country'}", Question(f"found\t{text}\t{value}", value, True, None)


def wrong_phones(count):
    """Numbers that cannot be: what we take of them is listed, never wrong."""
    for n in range(count):
        code = R.choice(["33", "39", "49", "44", "1", "34", "7", "86", "999", "210"])
        value = f"+{code}{digits(R.randint(3, 14))}"
        number = tel.PhoneNumber(int(code), int(value[len(code) + 1:]))
        why = {tel.ValidationResult.TOO_SHORT: "too short", tel.ValidationResult.TOO_LONG: "too long",
               tel.ValidationResult.INVALID_COUNTRY_CODE: "no such country",
               tel.ValidationResult.INVALID_LENGTH: "a length between"}.get(tel.is_possible_number_with_reason(number), "not given out")
        if not tel.is_valid_number(number):
            yield "phone, not valid", Question(f"found\tcall {value} today\t{value}", value, False, lambda _, why=why: why)


# ------------------------------------------------------------------ asking
def ask(tool, questions):
    lines = "".join(question.line + "\n" for _, question in questions)
    answers = subprocess.run([tool], input=lines, text=True, check=True, stdout=subprocess.PIPE).stdout.split()
    if len(answers) != len(questions):
        sys.exit("crosscheck.py: not as many answers as questions")
    return answers


def main(tool, count=1000):
    count = int(count)
    questions = [*checks(count), *ibans(max(count, 400)), *phones(2 * count), *wrong_phones(count)]
    asked, missed, taken, wider = collections.Counter(), collections.defaultdict(list), collections.defaultdict(list), collections.defaultdict(collections.Counter)
    for (kind, question), answer in zip(questions, ask(tool, questions)):
        asked[kind, question.valid] += 1
        if question.valid and answer == "0":
            missed[kind].append(question.value)
        if not question.valid and answer == "1":
            reason = question.reason and question.reason(question.value)
            if reason:
                wider[kind][reason] += 1
            else:
                taken[kind].append(question.value)
    for kind in dict.fromkeys(kind for kind, _ in asked):
        more = "".join(f"; {count} more: {reason}" for reason, count in wider[kind].most_common())
        print(f"{kind:28}{asked[kind, True]:6} valid, {asked[kind, False]:5} not{more}")
        for words, values in (("NOT FOUND", missed[kind]), ("TAKEN, and why?", taken[kind])):
            if values:
                print(f"    {len(values)} {words}: {', '.join(values[:SHOWN])}")
    return bool(any(missed.values()) or any(taken.values()))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
