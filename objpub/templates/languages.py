"""How dates and numbers look in a language: one entry each, so that no request needs a locale library."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """The words and forms of one language.

    long_date, short_date: with {day}, {month} and {year}. moment: with {date} and {time}. units: (one,
    several), as they stand in *past* and *future*, which have {} for the number and its unit.
    """

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    long_date: str
    short_date: str
    moment: str
    decimal: str
    group: str
    now: str
    past: str
    future: str
    units: dict[str, tuple[str, str]]
    byte: tuple[str, str]


LANGUAGES = {
    "en": Language(
        months=tuple(
            "January February March April May June July August September October November December".split()
        ),
        short_months=tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
        long_date="{day} {month} {year}",
        short_date="{day} {month} {year}",
        moment="{date}, {time}",
        decimal=".",
        group=",",
        now="just now",
        past="{} ago",
        future="in {}",
        units={
            "minute": ("minute", "minutes"),
            "hour": ("hour", "hours"),
            "day": ("day", "days"),
            "month": ("month", "months"),
            "year": ("year", "years"),
        },
        byte=("byte", "bytes"),
    ),
    "de": Language(
        months=tuple(
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
        ),
        short_months=tuple("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split()),
        long_date="{day}. {month} {year}",
        short_date="{day}. {month} {year}",
        moment="{date}, {time}",
        decimal=",",
        group=".",
        now="gerade eben",
        past="vor {}",
        future="in {}",
        units={
            "minute": ("Minute", "Minuten"),
            "hour": ("Stunde", "Stunden"),
            "day": ("Tag", "Tagen"),
            "month": ("Monat", "Monaten"),
            "year": ("Jahr", "Jahren"),
        },
        byte=("Byte", "Byte"),
    ),
    "fr": Language(
        months=tuple(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
        ),
        short_months=tuple("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()),
        long_date="{day} {month} {year}",
        short_date="{day} {month} {year}",
        moment="{date}, {time}",
        decimal=",",
        group="\u202f",
        now="à l\u2019instant",
        past="il y a {}",
        future="dans {}",
        units={
            "minute": ("minute", "minutes"),
            "hour": ("heure", "heures"),
            "day": ("jour", "jours"),
            "month": ("mois", "mois"),
            "year": ("an", "ans"),
        },
        byte=("octet", "octets"),
    ),
    "es": Language(
        months=tuple(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
        ),
        short_months=tuple("ene feb mar abr may jun jul ago sept oct nov dic".split()),
        long_date="{day} de {month} de {year}",
        short_date="{day} {month} {year}",
        moment="{date}, {time}",
        decimal=",",
        group=".",
        now="ahora mismo",
        past="hace {}",
        future="dentro de {}",
        units={
            "minute": ("minuto", "minutos"),
            "hour": ("hora", "horas"),
            "day": ("día", "días"),
            "month": ("mes", "meses"),
            "year": ("año", "años"),
        },
        byte=("byte", "bytes"),
    ),
}

#: Languages and scripts written from right to left, as CLDR has them.
RIGHT_TO_LEFT = frozenset(
    "apc ar bal bgn ckb dv fa he ks lrc mzn nqo ps rhg sd sdh skr syr trw ug ur yi".split()
    + "adlm arab hebr nkoo rohg syrc thaa".split()
)


def direction_of(locale: str) -> str:
    """Return "rtl" if *locale*, "he" or "ar_EG" or "az-Arab", is written from right to left, else "ltr"."""
    language, *more = locale.replace("_", "-").lower().split("-")
    script = next((each for each in more if len(each) == 4 and each.isalpha()), "")
    return "rtl" if (script or language) in RIGHT_TO_LEFT else "ltr"


def language_of(locale: str) -> Language:
    """Return the language of *locale*, "de" or "de-AT"; English for one that has no entry here."""
    return LANGUAGES.get(locale.replace("_", "-").partition("-")[0].lower(), LANGUAGES["en"])
