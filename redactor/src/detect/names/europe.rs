//! More of the vocabulary: the languages of the north and east of Europe, messages of banks (ISO 20022), and roles.
//!
//! Invariant: as of [`words`](super::words).

use super::{Kind, Place};

pub(super) const EUROPE: [(Kind, Place, &str); 11] = [
    (
        Kind::Name,
        Place::Any,
        "fornamn efternamn mellannamn fornavn efternavn etternavn mellomnavn krestnijmeno prijmeni priezvisko \
        keresztnev vezeteknev csaladnev etunimi sukunimi prenume soyad soyadi voornamen achternamen familienaam \
        meisjesnaam imiona firstnames lastnames prenoms nomusage nommarital nompatronymique nomprenoms zuname \
        primeironome ultimonome nomeproprio primernombre segundonombre apelidos",
    ),
    (
        Kind::Name,
        Place::Last,
        "anvandarnamn brukernavn brugernavn uzivatelskejmeno nazwauzytkownika felhasznalonev kayttajanimi usrname \
        nomepai nomemae nomedopai nomedamae nomesocial nombrecliente nombretitular nompere nommere preferredname \
        legalname guardianname parentname spousename childname winnername signername travellername travelername",
    ),
    (Kind::Name, Place::OfPerson, "namn navn jmeno nimi"),
    (
        Kind::Login,
        Place::Last,
        "anvandare bruker bruger uzivatel felhasznalo kayttaja pledger backer requestor",
    ),
    (
        Kind::Person,
        Place::Last,
        "referee arbitre arbitro schiedsrichter schiedsrichterin winner gagnant gagnante vincitore vincitrice gewinner \
        gewinnerin ganador ganadora vencedor vinnare coach entraineur allenatore entrenador treinador coureur \
        athlete atleta traveller traveler voyageur viaggiatore hospede hospedes huesped technician technicien \
        techniker guardian kund pacient zakaznik kierowca wlasciciel odbiorca nadawca sokande hyresgast elev \
        kontaktperson plaintiff demandeur requerant dichiarante plaignant \
        antragsteller antragstellerin bewohner bewohnerin mentor nominee",
    ),
    (Kind::Email, Place::Any, "epost epostadress epostadresse mejl mejladress sahkoposti eposta"),
    (
        Kind::Phone,
        Place::Any,
        "mobilephone homephone phonemobile durchwahl \
        rueckrufnummer ruckrufnummer telefonnicislo telefonszam puhelin puhelinnumero matkapuhelin numertelefonu \
        nrtelefonu telefoonnr gsmnummer nationaltelephonenumber phnenb mobnb",
    ),
    (
        Kind::Address,
        Place::NotOfMachine,
        "gatuadress gatuaddress postadress bostadsadress hemadress adresa ulice ulica adrline strtnm \
        bldgnb pstcd twnnm shipto billto osoite katuosoite lakcim",
    ),
    (
        Kind::Birth,
        Place::Any,
        "fodelsedatum fodelsedag fodselsdato fodselsdag datumnarozeni narozeni szuletesidatum \
        placeofbirth neele nele natoil natail natoail geboorteplaats geboortedag birthdt",
    ),
    (
        Kind::Identity,
        Place::Any,
        "personnummer fodselsnummer rodnecislo henkilotunnus cprnummer nationalidentitynumber \
        nationalidentificationnumber nationalnumber personalidentitynumber documentoidentificacao \
        documentodeidentificacao documentoidentidade documentoidentidad documentodeidentidad rijksregisternummer \
        burgerservicenummer identiteitsnummer idcardnumber isikukood",
    ),
    (
        Kind::Town,
        Place::Last,
        "city town addresslocality locality ville citta ort miasto ciudad cidade comune localidad miejscowosc",
    ),
];
