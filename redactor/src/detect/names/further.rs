//! More of the vocabulary: roles, logins and numbers as single systems write them.
//!
//! Invariant: as of [`words`](super::words).

use super::{Kind, Place};
use crate::detect::wordlist::WordList;

pub(super) const FURTHER: [(Kind, Place, &str); 14] = [
    (
        Kind::Secrets,
        Place::Last,
        "passwoerter passworter kennwoerter kennworter motsdepasse contrasenas senhas secrets geheimnisse \
        apikeys accesskeys secretkeys privatekeys authkeys signingkeys encryptionkeys sshkeys masterkeys clientsecrets \
        backupcodes recoverycodes rescuecodes scratchcodes securitycodes verificationcodes accesscodes onetimecodes \
        licensekeys activationkeys activationcodes",
    ),
    (Kind::Tokens, Place::Last, "tokens jetons"),
    (
        Kind::Secret,
        Place::Last,
        "psk wpapsk presharedkey wifikey wlankey wificode wlancode codewifi codewlan clewifi clefwifi \
        codicewifi chiavewifi clavewifi codigowifi wifipass wifipw wlanpw wlanschlussel wlanschluessel",
    ),
    (
        Kind::Name,
        Place::Last,
        "familynames nicename usernicename suser duser birthname nameatbirth consumername \
        buyername payername drivername passengername gastname nomenfant nomeleve nomparent nomesocio nomealuno",
    ),
    (
        Kind::Login,
        Place::Last,
        "psuid nutzername reportedby invitedby requestedby submittedby uploadedby \
        assignedby changedfrom loggeduser currentuser",
    ),
    (
        Kind::Person,
        Place::Last,
        "courier kurier corriere coursier repartidor estafeta bezorger pilot pilote pilota piloto halter halterin \
        fahrzeughalter contraente acquereur acquirente erwerber kaeufer kaufer comprador comprateur koper nabywca \
        elettore elettrice electeur electrice elector votante voter wahler waehler mandante procuratore difensore \
        avvocato avocat avocate abogado advogado rechtsanwalt anwalt notaio notaire notar notario notaris \
        randonneur tiers praticienne enseignant enseignante lehrkraft insegnante maestra maestro profesor profesora \
        instituteur institutrice deelnemer deelneemster begleitperson accompagnatore accompagnateur \
        callee anrufer appelant chiamante llamante",
    ),
    (Kind::Person, Place::Alone, "agent agente parte partie partei interlocutor"),
    (Kind::Part, Place::Last, "fore sur"),
    (
        Kind::Address,
        Place::Last,
        "straat adress adresslinie adressezeile lieudit woonplaats wohnhaft adresselivraison dropoff",
    ),
    (Kind::Birth, Place::Last, "neele natoil natail nacidoel nacidael"),
    (Kind::Tax, Place::Last, "contribuinte"),
    (Kind::Name, Place::Last, "nompatronymique patronymic familienname"),
    (Kind::Address, Place::Last, "strtnm bldgnb pstcd adrline"),
    (Kind::Birth, Place::Last, "geboren geborenam nascido nacido urodzony urodzona"),
];

/// Parameters of links that let in whoever has them.
pub(in crate::detect) static LINKS: WordList<64> = WordList::new(
    "invite invitation key k t h u sig hash link ticket confirm confirmation verify verification unsubscribe nonce magic \
    challenge reset activate activation optin access",
);
