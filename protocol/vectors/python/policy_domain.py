"""The finite domain of SPEC 12.1 and 12.2: lists, places of cells, values, precisions, rounding."""

import re

from ground import BUSINESS, H, Refused, label, want_list, want_uint

FIELDS = ("phone_number", "display_name", "locale", "country", "device_model", "os_version", "client_version",
          "last_active", "message_count", "interaction_time", "purchase_total", "purchase_category", "ip_address",
          "ad_referral")
RECIPIENTS = ("business", "parent", "service_provider")
PURPOSES = ("service_operation", "safety_security", "personalisation", "ads_product_improvement", "analytics")
REGIONS = ("eu", "uk", "us_ca", "in", "other")
BASES = ("consent", "necessary", "legal")
PRECISIONS = ("full", "country_code", "initials", "language", "class", "major", "hour", "day", "week", "month",
              "bucket", "tens", "hundreds", "network")
CONSENT, NECESSARY, LEGAL = 1, 2, 3
OBSERVED = (8, 9, 10, 13)
FIELD, RECIPIENT, PURPOSE, REGION, BASIS, PRECISION = (
    want_uint(n + 1, 1) for n in (14, 3, 5, 5, 3, 14))
ROWS = [(f, r, p) for f in range(1, 15) for r in range(1, 4) for p in range(1, 6)]
FULL, COUNTRY_CODE, INITIALS, LANGUAGE, CLASS, MAJOR, HOUR, DAY, WEEK, MONTH, BUCKET, TENS, HUNDREDS, NETWORK = range(1, 15)
KNOWN = {1: (FULL, COUNTRY_CODE), 2: (INITIALS,), 3: (FULL, LANGUAGE), 4: (FULL,), 5: (CLASS,), 6: (FULL, MAJOR),
         7: (FULL, MAJOR), 8: (HOUR, DAY, WEEK, MONTH), 9: (BUCKET,), 10: (HOUR, DAY, WEEK, MONTH),
         11: (FULL, TENS, HUNDREDS), 12: (FULL,), 13: (FULL, NETWORK), 14: (FULL,)}
CURRENCIES = ("AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR INR JPY KRW MXN NOK NZD PLN RON SEK SGD USD ZAR").split()
COUNTRIES = frozenset((
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW").split())
assert len(COUNTRIES) == 249 and len(CURRENCIES) == 24 and len(ROWS) == 210
TWO_DIGITS = frozenset([20, 27, 36, 39, 40, 41, 81, 82, 84, 86, 98]
                       + [*range(30, 35), *range(43, 50), *range(51, 59), *range(60, 67), *range(90, 96)])


def place(row, region, basis):
    """T-4."""
    field, recipient, purpose = row
    return ((((field - 1) * 3 + recipient - 1) * 5 + purpose - 1) * 5 + region - 1) * 3 + basis - 1


def subject(conversation, recipient):
    return H(label(BUSINESS, "subject"), conversation, bytes([recipient]))[:16]


def want_row(v):
    if type(v) is not list or len(v) != 3:
        raise Refused("not a row")
    return FIELD(v[0]), RECIPIENT(v[1]), PURPOSE(v[2])


# ---------------------------------------------------------------- values


def want_pattern(pattern):
    def check(v):
        if type(v) is not str or not re.fullmatch(pattern, v, re.ASCII):
            raise Refused("not such a text")
        return v
    return check


def want_country(v):
    if type(v) is not str or v not in COUNTRIES:
        raise Refused("no such country")
    return v


def want_locale(v):
    want_pattern("[a-z]{2}([A-Z]{2})?")(v)
    if len(v) > 2:
        want_country(v[2:])
    return v


def want_currency(v):
    if type(v) is not str or v not in CURRENCIES:
        raise Refused("no such currency")
    return v


def want_money(v):
    if type(v) is not list or len(v) != 2:
        raise Refused("not an amount of money")
    return [want_uint()(v[0]), want_currency(v[1])]


def want_address(v):
    if type(v) is not bytes or len(v) not in (4, 16):
        raise Refused("not a network address")
    return v


want_version = want_list(want_uint(65_536), 1, 2)
want_time = want_uint()
VALUES = {1: want_uint(10**15, 1), 2: want_pattern("[A-Z]{1,3}"), 3: want_locale, 4: want_country, 5: want_uint(9, 1),
          6: want_version, 7: want_version, 8: want_time, 9: want_uint(7, 1), 10: want_time, 11: want_money,
          12: want_uint(9, 1), 13: want_address, 14: want_uint(65_536)}


def check_value(field, v):
    return VALUES[FIELD(field)](v)


def want_declared(v):
    """[field, value] pairs, the fields strictly ascending; only fields that a client declares."""
    out, last = [], 0
    for pair in want_list(lambda x: x, 0, 14)(v):
        if type(pair) is not list or len(pair) != 2:
            raise Refused("not a pair")
        field = FIELD(pair[0])
        if field <= last or field in OBSERVED:
            raise Refused("fields not ascending, or one that is observed")
        last = field
        out.append([field, check_value(field, pair[1])])
    return out


# ---------------------------------------------------------------- rounding


def country_code(number):
    digits = str(number)
    if digits[0] in "17":
        return int(digits[0])
    return int(digits[:2] if int(digits[:2]) in TWO_DIGITS else digits[:3])


def days_before_month(t):
    """The first day, since 1970-01-01, of the month in which second t lies (proleptic Gregorian)."""
    days = t // 86_400
    # Years are counted from 1 March of year 0; 400 of them have 146,097 days.
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    return days - (day - (153 * month + 2) // 5)


def round_time(precision, t):
    if precision == HOUR:
        return t - t % 3_600
    if precision == DAY:
        return t - t % 86_400
    if precision == WEEK:
        monday = 4 * 86_400
        return t - (t - monday) % 604_800 if t >= monday else 0
    return days_before_month(t) * 86_400


def round_value(field, precision, v):
    """What a precision leaves of a value; Refused when the field does not know it."""
    check_value(field, v)
    if precision not in KNOWN[field]:
        raise Refused("a precision that the field does not know")
    if precision == COUNTRY_CODE:
        return country_code(v)
    if precision == LANGUAGE:
        return v[:2]
    if precision == MAJOR:
        return v[:1]
    if precision in (HOUR, DAY, WEEK, MONTH):
        return round_time(precision, v)
    if precision in (TENS, HUNDREDS):
        amount, currency = v
        unit = (1 if currency in ("JPY", "KRW") else 100) * (10 if precision == TENS else 100)
        return [amount - amount % unit, currency]
    if precision == NETWORK:
        return v[:3] + bytes(1) if len(v) == 4 else v[:6] + bytes(10)
    return v
