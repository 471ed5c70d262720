"""Searches SPAR by a client that zeep makes of the WSDL.

python3 search.py WSDL FOLDER, where FOLDER holds client.pem and ca.pem.
"""

import sys

from requests import Session
from zeep import Client
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.transports import Transport

sys.stdout.reconfigure(encoding="utf-8")
wsdl, folder = sys.argv[1:]
session = Session()
session.trust_env = False  # REQUESTS_CA_BUNDLE would replace the roots below.
session.cert = f"{folder}/client.pem"
session.verify = f"{folder}/ca.pem"
client = Client(wsdl, transport=Transport(session=session))


def search(**arguments):
    who = {
        "KundNrLeveransMottagare": 500243,
        "KundNrSlutkund": 500243,
        "UppdragId": 637,
        "SlutAnvandarId": "python",
        "SlutAnvandarUtokadBehorighet": ["Relationer", "Medborgarskap", "Taxering"],
    }
    return client.service.PersonSok(Identifieringsinformation=who, PersonsokningFraga=arguments)


def fields(value):
    if isinstance(value, dict):
        return sum(fields(part) for part in value.values())
    if isinstance(value, list):
        return sum(fields(part) for part in value)
    return 0 if value is None else 1


post = search(IdNummer="197311209931").PersonsokningSvarspost[0]
print(
    f"hit: {post.Namn[0].Fornamn} {post.Namn[0].Efternamn}, {post.Folkbokforing[0].Hemvist},",
    f"{len(post.Relation)} relation, {fields(serialize_object(post, dict))} fields",
)
moved = search(IdNummer="198703089832").PersonsokningSvarspost[0]
print("lists:", *(row.SvenskAdress.Postort for row in moved.Folkbokforingsadress))
alike = search(FonetiskSokning="JA", NamnSokArgument="Mikael Karlsson")
print("sound:", len(alike.PersonsokningSvarspost))
print("letters:", search(NamnSokArgument="åsa öberg*").PersonsokningSvarspost[0].Namn[0].Efternamn)
print("nobody:", len(search(IdNummer="191212121212").PersonsokningSvarspost))
many = search(NamnSokArgument="Testsson").OverstigerMaxAntalSvarsposter
print(f"too many: {many.AntalPoster} of {many.MaxAntalSvarsposter}")
print("undantag:", search(NamnSokArgument="a*").Undantag.Kod)
try:
    search(IdNummer="000000000000")
except Fault as fault:
    print("fault:", fault.code.split(":")[-1])
