//! The vocabulary of field names: data, no code.
//!
//! Invariant: entries are joined without separators, in lower case, with accents folded, as
//! `Words` joins the words of a name.

use super::{Kind, Place};
use crate::detect::wordlist::WordList;

/// Words joined without separators, lower case, accents folded.
pub(super) const WORDS: [(Kind, Place, &str); 29] = [
    (
        Kind::Secret,
        Place::Any,
        "password passwd pwd passphrase passcode passwort kennwort losungswort",
    ),
    (
        Kind::Secret,
        Place::Any,
        "mdp motdepasse motpasse contrasena senha parolachiave paroladordine palavrapasse wachtwoord haslo clave codedacces",
    ),
    (
        Kind::Secret,
        Place::Any,
        "token jwt csrf xsrf otp totp onetimecode authcode secret segreto geheimnis jeton",
    ),
    (
        Kind::Secret,
        Place::Any,
        "apikey secretkey accesskey privatekey authkey signingkey encryptionkey masterkey",
    ),
    (
        Kind::Secret,
        Place::Any,
        "cleapi cleprivee clesecrete chiaveapi chiaveprivata apischluessel apischlussel",
    ),
    (
        Kind::Secret,
        Place::Any,
        "sessionid sessid phpsessid jsessionid aspsessionid connectsid laravelsession",
    ),
    (
        Kind::Secret,
        Place::Any,
        "rememberme credential credentials xamzsignature awsaccesskeyid zugangsdaten",
    ),
    (
        Kind::Secret,
        Place::Any,
        "cvv cvc csc cardcode securitycode cardnumber cardno creditcard ccnumber ccnum kreditkarte",
    ),
    (
        Kind::Secret,
        Place::Any,
        "kartennummer cartebancaire numerocarte cartecredit cartedecredit cartadicredito numerocarta",
    ),
    (
        Kind::Secret,
        Place::Any,
        "psw pswd parola parolasegreta paroladaccesso geheimcode geheimzahl zugangscode sicherheitscode verificationcode \
        confirmationcode bestaetigungscode bestatigungscode codedeverification codedeconfirmation codicediverifica codicesegreto smscode \
        mfacode twofactorcode recoverycode backupcode privkey sshkey samlresponse samlassertion clientsecret sastoken \
        sessionkey securitytoken onetimepassword codeusageunique einmalpasswort codeconfidentiel \
        accountkey sharedaccesskey sharedkey storagekey connectionkey subscriptionkey oobcode temporarycode codetemporaire \
        codicetemporaneo codigotemporal einmalcode einmalkennwort tancode mtan smstan phototan accesscode codeacces \
        codiceaccesso codigoacceso codigodeacceso codigoverificacao codigodeverificacion codigoverificacion kodweryfikacyjny verificatiecode \
        doorcode entrycode keycode schlusselcode schluesselcode turcode tuercode codeporte codiceporta gatecode digicode alarmcode \
        unlockcode entsperrcode pukcode puk loginlink magiclink resettoken activationcode activationkey aktivierungscode licensekey \
        seedphrase mnemonic recoverykey backupkey webhookurl webhooksecret hmackey sharedsecret passkey loginpin",
    ),
    (
        Kind::Secret,
        Place::Any,
        "kreditkartennummer kartennr cardnum pannumber numcarte numerodecarte numcb numerocb cartadebito cartabancaria \
        debitcard bankcard cartabanco securitynumber prufziffer pruefziffer cryptogramme",
    ),
    (Kind::Secret, Place::Last, "pw pass pin pincode pan codepin codicepin"),
    (Kind::Session, Place::Last, "session sid sess auth"),
    (Kind::Authorization, Place::Any, "authorization proxyauthorization"),
    (Kind::Cookie, Place::Any, "cookie cookies"),
    (
        Kind::Email,
        Place::Any,
        "email emails mail courriel emailaddress mailaddress emailadresse postaelettronica correo correoelectronico",
    ),
    (
        Kind::Phone,
        Place::Any,
        "phone telephone tel telefon telefono telefonnummer cellulare cellphone gsm handy handynummer \
        mob tlf festnetz festnetznummer mobiltelefon handynr telefonnr telnr telefonino numerodicellulare numerodicell \
        numeroditelefono recapitotelefonico telfixe telportable telmobile numeroportable numerodeportable contactnumber \
        contacttel telcontact telefonodicontatto telefonodecontacto telefonocontacto telefonecontato telefonecontacto kontakttelefon phoneno telno landline mobilnr smsnumber callbacknumber clid telemovel telefoon telefoonnummer movil komorka callernumber callednumber callingnumber callerid mobilnummer rufnummer msisdn whatsapp fax phonenumber mobilenumber numerotelephone numerodetelephone numtel",
    ),
    (Kind::Phone, Place::Last, "mobile mobil portable cell sms"),
    (
        Kind::Name,
        Place::Last,
        "middlename maidenname displayname \
        username nickname realname loginname contactname customername clientname recipientname cardholder \
        accountholder fname lname nomcomplet nomdefamille nomutilisateur nomdutilisateur pseudo \
        nomecompleto vollername vollstaendigername kundenname patientname rufname ansprechpartner interlocuteur destinataire expediteur \
        destinatario mittente empfaenger empfanger beneficiary beneficiaire beneficiario conjoint coniuge ehepartner \
        mothersmaidenname nomdejeunefille nomdenaissance nomdusage cognomedanubile nominativocliente commonname cn sn nomeutente nominativo benutzername login user utilisateur \
        utente benutzer titulaire intestatario kontoinhaber identifiant \
        forenames givennames surnames nick uname cardholdername holdername \
        primerapellido segundoapellido roepnaam imie apelido nomecivil",
    ),
    (
        Kind::Name,
        Place::Any,
        "prenom cognome surname firstname lastname fullname familyname givenname forename vorname nachname familienname \
        geburtsname apellido apellidos achternaam voornaam tussenvoegsel nazwisko sobrenome nomfamille nomnaissance nomfille prenomusage \
        prenomusuel nomusuel prenoms vornamen cognomenome nomecognome nomprenom prenomnom nomeecognome nometprenom namevorname",
    ),
    (
        Kind::Name,
        Place::Last,
        "personname artist displayedname nombreapellidos nombrecompleto nombreyapellidos volledigenaam imieinazwisko \
        imienazwisko naam sname mname patronymic patronyme benutzerkennung anmeldename nomusager nomclient nomeutilizador \
        utilizador gebruiker gebruikersnaam uzytkownik usuario nombreusuario nomedeutilizador samaccountname userprincipalname upn \
        uidnumber loginid accountname acctname subjectusername targetusername useraccount nomcompte nomducompte contoutente",
    ),
    (
        Kind::Login,
        Place::Last,
        "account acct handle alias operator caller moderator moderateur moderatore editor redacteur owner author auteur \
        autore assignee reviewer approver requester reporter creator actor principal member operateur operatore bediener sachbearbeiter \
        bearbeiter compte cuenta rekening usr who invoker initiator impersonator sudoer submitter committer \
        uploader poster sender recipient createdby updatedby modifiedby approvedby deletedby assignedto changedby kennung \
        benutzerkonto useralias userhandle driverhandle rider player gamertag screenname runas",
    ),
    (
        Kind::Person,
        Place::Last,
        "display inviter invitee person persona personne personen persoon osoba lecteur lettore leser reader borrower emprunteur \
        adherent adherente iscritto iscritta mitglieder socio sostenitore beneficiaria begunstigter mandant mandataire \
        titolare performer speaker relatore intervenant referent referente ansprechpartnerin sachbearbeiterin \
        betreuer betreuerin vormund tuteurlegal nonno nonna caregiver aidant badante nurse hausarzt medecintraitant \
        praticien therapist therapeut klientin cedente cessionario ordinante ordonnateur debitor kreditor schuldner \
        guestname bimbo bambino bambina figlio figlia \
        nachbar voisin vicino neighbour neighbor locatario senhorio vermieter landlord bailleur \
        absender leerling docent werknemer huurder bewoner pacjent najemca pracownik nauczyciel uczen",
    ),
    (
        Kind::Person,
        Place::Last,
        "patient patientin paziente client cliente kunde kundin klant klient customer shopper buyer acheteur driver fahrer fahrerin \
        conducente conducteur chauffeur passenger passager passeggero fahrgast proprietaire proprietario holder titular assure \
        assuree insured assicurato versicherter versicherte tenant locataire inquilino mieter guest ospite gast donor donateur \
        donatore spender witness temoin zeuge testimone contact kontakt contatto contacto student \
        etudiant studente eleve alunno alunna schueler schuler pupil parent genitore tutore tuteur teacher professeur docente \
        lehrer lehrerin applicant candidat candidate candidato bewerber bewerberin employee salarie dipendente mitarbeiter \
        mitarbeiterin subscriber abonne abonnent visitor visiteur besucher autor \
        signataire spouse husband wife doctor medecin medico arzt debtor creditor \
        dbtr cdtr debiteur denominazione denominacion erziehungsberechtigte erziehungsberechtigter emergencycontact contactperson \
        organizer attendee participant membre mitglied sottoscritto responsable responsablelegal signedby \
        registrant solicitante requerente aanvrager wnioskodawca nm titulaireducompte titulairedecompte intestatariodelconto titulardelacuenta accountowner inhaber inhaberin receiver payer payee \
        conjointe garant signatory supervisor visiteuse patiente eleveconcerne",
    ),
    (Kind::Name, Place::OfPerson, "name nom nome"),
    (Kind::Part, Place::Last, "family given nombre"),
    (
        Kind::Address,
        Place::NotOfMachine,
        "address adresse direccion morada adres anschrift indirizzo street strasse rue streetaddress postaladdress \
        lieferadresse rechnungsadresse wohnadresse shippingaddress billingaddress homeaddress adressepostale domicile \
        domicilio residenza wohnsitz numerocivico addressline postcode postalcode zipcode codepostal postleitzahl plz wohnort housenumber hausnummer \
        wohnanschrift meldeadresse meldeanschrift lieferanschrift rechnungsanschrift postanschrift privatanschrift hausanschrift adresszeile \
        adressedomicile adresselivraison adressefacturation adresseenvoi adressedenvoi indirizzospedizione indirizzoresidenza \
        indirizzodomicilio direccionenvio direccionfiscal moradafiscal adreszamieszkania woonadres bezorgadres domicil pickupaddress \
        dropoffaddress deliveryaddress mailingaddress residentialaddress streetname strassenname voie nomvoie libellevoie",
    ),
    (
        Kind::Birth,
        Place::Any,
        "geboortedatum fechanacimiento fechadenacimiento datanascimento datadenascimento dataurodzenia birthdate birthday birth dob dateofbirth naissance datenaissance datedenaissance datanascita \
        ddn bday bdate gebdatum gebdat geburtsort geburtsjahr dtnaiss datenaiss birthplace lieunaissance luogonascita \
        datadinascita nascita geburtsdatum geburtstag datanasc dtnasc dtnascita datnasc datnaiss \
        dnaiss dtnaissance gebdt gebam geborenam birthdt bornon nacimiento nascimento \
        fecnac fechanac fnac datanascimiento urodzenia geborenop birthyear anneenaissance annonascita",
    ),
    (
        Kind::Iban,
        Place::Any,
        "iban rib bankverbindung bankkonto bankkontonummer kontonr ktonr numcompte contocorrente comptebancaire konto \
        coordonneesbancaires bankaccount accountnumber kontonummer numerocompte numerodecompte numeroconto",
    ),
];

/// Numbers given to a person or to what a person has, places, and networks.
pub(super) const NUMBERS: [(Kind, Place, &str); 8] = [
    (
        Kind::Identity,
        Place::Any,
        "ninumber ssn nir secu numsecu nss securitesociale numerosecu nin nino nationalid nationalinsurance nationalinsurancenumber \
        insurancenumber socialsecurity socialsecuritynumber sozialversicherungsnummer sozialversicherung svnr svnummer rvnr rvnummer \
        rentenversicherungsnummer versicherungsnummer versicherungsnr versichertennummer krankenversicherungsnummer kvnr \
        ahvnummer ahv ahvnr numavs cartevitale sozialversicherungsnr socialsec snils cnp oib egn tckn tckimlik tesserasanitaria patientid patientnumber medicalrecordnumber mrn nhsnumber nhs",
    ),
    (
        Kind::Identity,
        Place::Any,
        "passport passportnumber passportno passeport passaporto reisepass passnummer passnr reisepassnummer numeropasseport numeropassaporto idcard \
        identitycard cartaidentita cartadidentita carteidentite cartedidentite cni ausweis ausweisnummer ausweisnr \
        personalausweis personalausweisnummer documentnumber numerodocumento identitydocument residencepermit \
        dni nie bsn pesel numerodni iddoc iddocument docid idnumber nationalidnumber titredesejour permessodisoggiorno aufenthaltstitel drivinglicence drivinglicense driverlicense driverslicense \
        numdoc numdocumento ndocumento docno docnum docnumber docnr documentno documentnr numerodoc \
        travelid traveldocument traveldoc ausweisid idno idnr cardidno cinumber numeroci numeroidentite numident passportnum passnum \
        citizencard cartaocidadao cartaodecidadao numerocartaidentita ciudadano idkaart paspoort paspoortnummer paszport dowod dowodosobisty \
        driverslicence permisdeconduire numeropermis patente fuehrerschein fuhrerschein fuehrerscheinnummer licenceno licensenumber licencenumber",
    ),
    (
        Kind::Identity,
        Place::Any,
        "codicefiscale codfiscale codfisc steueridentifikationsnummer steueridentnummer steuerid steueridentifikation taxid taxnumber taxpayerid vatnumber vatid vatno steueridnr steuernummer steuernr tin \
        numerofiscal numfiscal identifiantfiscal numerotva numtva tvaintracommunautaire tvaintra ustid ustidnr \
        umsatzsteuerid identifikationsnummer partitaiva piva siret siren matricule matricola personalnummer employeeid userid customerid",
    ),
    (
        Kind::Identity,
        Place::Any,
        "vin fahrgestellnummer imei callingimei imeisv imsi stationmac phonemac clientmac callingstationid iccid mac macaddr macaddress macadresse hwaddr bssid deviceid udid idfa gaid aaid androidid advertisingid",
    ),
    (Kind::Tax, Place::Last, "vat tva iva ust nif idcodice documento"),
    (Kind::Nonce, Place::Last, "code state authorizationcode"),
    (
        Kind::Plate,
        Place::Any,
        "plate licenseplate licenceplate numberplate registrationplate immatriculation immat plaque \
        immatricule immatriculee plaqueimmatriculation plaquedimmatriculation targa targato targata kennzeichen kfzkennzeichen nummernschild vrm vrn regno regnr regnumber vehiclereg vehicleregistration registrationnumber carreg \
        carregistration carplate platenumber plateno licenceplateno lpn matriculavehiculo matricula kenteken rejestracja amtlicheskennzeichen",
    ),
    (
        Kind::Network,
        Place::Any,
        "ip ipaddress ipaddr remoteaddr remoteaddress clientaddress xforwardedfor forwardedfor xrealip",
    ),
];

/// Where a person is.
pub(super) const PLACES: [(Kind, Place, &str); 1] = [(
    Kind::Position,
    Place::Any,
    "latlng latlon lat lng lon ll latitude longitude coords coordinates coordinate coordonnees koordinaten gps geo geoloc \
        geolocation geolocalisation position posizione location",
)];

/// Words for birth that say so of a date only.
pub(in crate::detect) static BORN: WordList<128> = WordList::new(
    "ur narozen narozena narozeny fodd fodt szuletett nascut nascuta nasceu nacio nacido nacida nascido nascida nacimiento nascimento naquit geboortedatum urodzony urodzona ne nee born birth nato nata geboren geb naissance nascita dob birthday birthdate geburtsdatum geburtstag",
);

/// Words of telephoning, in a sentence with a number.
pub(in crate::detect) static PHONING: WordList<256> = WordList::new(
    "caller callee called callback phoned phoning dialled dialed ringing appelle appellez rappele appelant appele telephoner \
    richiamare richiami richiamate richiamatemi richiamami chiamate chiamatemi chiamami chiamante telefonate contattatemi contattate \
    llamar llame llamen llamad llamarme llamarle llamenme llameme llamante marcar ligar ligue liguem telefonar contactar \
    bellen bel belt opbellen terugbellen bereikbaar dzwonic zadzwonic zadzwon oddzwonic anrufer zuruckrufen zurueckrufen telefonieren \
    call calling dial ring reach reachable appeler appelez rappeler rappelez joindre joignable contacter \
    chiamare chiama chiamata telefonare contattare anrufen angerufen rueckruf ruckruf erreichbar erreichen telefonisch rueckfragen ruckfragen sms whatsapp",
);

/// Words that hand a value over: `the password was changed to …`.
pub(super) static HANDING: WordList<16> = WordList::new("to is est ist e lautet");

/// Words that also count at the end of a word they are glued to: `userpassword`, `csrfmiddlewaretoken`.
pub(super) const GLUED: &str = "password passwd passwort kennwort motdepasse passphrase token secret sessid sessionid apikey email \
    firstname lastname username phonenumber creditcard cardnumber";

/// Words behind which a name means something about the field, not its value.
pub(super) static TECHNICAL: WordList<256> = WordList::new(
    "manufacturer vendor brand firmware echo age algorithm algo attempts at changed class confirmed count created date disabled domain driver \
    duration enabled endpoint enforced error exp expiration expired expires expiry field format handler host interval \
    invalid length len lifetime limit max method min missing mode modified name on path policy port prefix provider queue \
    required retries score sent server size start started state status strength subject subscribed template time timeout \
    total ttl type updated uri url used valid verified version label placeholder hint tooltip caption",
);

/// Words that may follow a last word: `user_id`, `pin-code`, `name[first]`.
pub(super) static COUNTING: WordList<64> = WordList::new(
    "id no nr num number nummer numero value code first second last confirm confirmation repeat again \
    new old raw input text full",
);

/// Whose name it is; with another word before it, a name is that of a thing.
pub(super) static PERSONS: WordList<256> = WordList::new(
    "user users customer client contact first last full family given middle maiden sender recipient owner \
    author employee patient guest member person people student teacher subscriber holder kunde kunden cliente utente \
    utilisateur benutzer absender shipping billing your my display account legal real profile target actor participant \
    candidate agent caller invitee father mother child de di complet completo famille alunno alunna eleve etudiant studente \
    schueler tutore tuteur genitore parent passenger passager patiente paziente fahrer driver tenant locataire assure insured bewerber \
    kontakt contatto contacto solicitante requerente spouse child guardian winner referee traveller traveler signer rider",
);

/// Things that have a name, in a sentence.
pub(in crate::detect) static THINGS: WordList<256> = WordList::new(
    "account alert app application archive backup branch browser bucket campaign category channel chart class \
    cluster column command company computer configmap container cookie coupon course dashboard database dataset db \
    deployment device display domain dump event experiment exporter extension feature field file flag font format \
    framework function group header host image index ingress integration interface job key lesson library machine \
    menu metadata method module namespace network node object os package parameter plan plugin pod printer process \
    product project property queue realm region replicaset repo repository resource role route rule schema scope sdk \
    secret server service snapshot station stream subcategory table tag tariff task template tenant theme thread \
    topic type variable variant volume warehouse workstation zone",
);

/// Addresses of machines.
pub(super) static MACHINES: WordList<128> = WordList::new(
    "ip ipv4 ipv6 mac remote client host server bind listen memory web url base start return peer \
    network gateway proxy node socket local wallet nas nasip framed source destination src dst dest workstation nat workstationname",
);
