"""Prices as feeds write them."""

import re
from decimal import Decimal

_SIGNS = {"₽": "RUB", "руб": "RUB", "р": "RUB", "rur": "RUB", "€": "EUR", "$": "USD", "£": "GBP", "₸": "KZT", "₴": "UAH"}
_NUMBER = re.compile(r"\d[\d.,]*")


def currency_code(text: str) -> str:
    """ISO 4217 of a code or a sign, "" of nothing; RUR, the rouble before 1998 that shops still write, is RUB."""
    text = text.strip().strip(".").lower()
    code = _SIGNS.get(text, text.upper())
    if code and not re.fullmatch("[A-Z]{3}", code):
        raise ValueError(f'"{text}" is no currency')
    return code


def read_price(text: str) -> tuple[Decimal, str]:
    """Amount and currency ("" if not given): "1990.00 RUB", "1 990,00 руб.", "USD 1,990.00", "19,90 €".

    Raises ValueError with a sentence.
    """
    packed = re.sub(r"[\s'’\u00a0\u2009\u202f]", "", text)
    numbers = _NUMBER.findall(packed)
    if len(numbers) != 1 or "-" in packed or len(packed) > 40:
        raise ValueError(f'"{text[:40]}" is no price')
    number = numbers[0].rstrip(".,")  # "1 990 руб." and "1990,-" end in a point that is not a decimal one
    sign = packed.replace(numbers[0], "").strip(".,")
    digits = _without_thousands(number)
    if len(digits) > 15:
        raise ValueError(f'"{text[:40]}" is no price')
    return Decimal(digits), currency_code(sign)


def _without_thousands(number: str) -> str:
    """The last mark is the decimal one, unless three digits follow it, or it occurs twice."""
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return number
    whole, _, rest = number.rpartition(marks[-1])
    mixed = len(set(marks)) == 2 and marks.count(marks[-1]) == 1
    decimal = mixed or (len(marks) == 1 and (len(rest) != 3 or (marks[-1] == "." and whole == "0")))
    whole = whole.replace(",", "").replace(".", "")
    return f"{whole}.{rest}" if decimal else whole + rest
