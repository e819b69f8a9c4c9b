//! Words for things, and names of fields that things have: data, no code.
//!
//! Invariant: no given name is among the words for things, and those that are families' names are told apart. Place on
//! the path: asked by [`called`](super).

use crate::detect::wordlist::WordList;

/// Names of fields that say no more than that it is a name.
pub(in crate::detect) static BARE: WordList<16> = WordList::new("name nom nome nombre naam");

/// What has a name, and is neither a person nor called like one unless a given name is in it.
pub(super) static GOODS: WordList<512> = WordList::new(
    "abbonamento abonnement abono airline airport aisle alarm album alert allergen allergy angebot app appname arena \
    article articles artikel attraction bank board boutique brand breed buckets build building builds bundle \
    campaign campaigns campus carrier catalog catalogue categoria categorie categories category channel chart checks \
    cities city classification collection color colour columns company connector containers corsi corso countries \
    country coupon cours course courses coverage creativework cruise currency curso cursos dashboard dataset \
    departement department dependency deployment depot diagnosis discount dish division drink drug episode evenement \
    event evento events exam exhibition experiment extension featurecollection font formation formations formule \
    fuel game genre groups hotel industry ingredient insurance integration issuer issuetype jobs jobtitle kategorie \
    kurs kurse label labels laden language league lesson line loja magasin meal medication medicine meeting menu \
    merchant metric milestone milestones monitor museum negozio network nodes observation occupation oferta offer \
    offers office offre org organisation organization package piani piano pipeline place plan plano plans playbook \
    playlist plugin price priority prodotti prodotto product producto productos products produit produits produkt \
    produkte produto produtos profession project promotion queues rack raum recipe release resolution restaurant \
    roles room run runs sala salle scenario school season sector segment sensor services shelf shift shipper shop \
    site size skill space species sport squad stadium station status step steps store stores subcategory suite \
    tables tags tarif tariff tariffa team theme thing tienda tier timezone topics track training treatment trigger \
    unit vaccine variant vehicle venue veranstaltung ward warehouse weather webhook widget wind wine workflow zone",
);

/// Keys beside a name in an object that persons have not.
pub(super) static BESIDE: WordList<256> = WordList::new(
    "apigroup arn barcode bucket calories capacity cena conclusion consumers containerport content_type cron dashboards \
    datasource dependencies doors durable ean endpoint entrypoint filesize gtin head_branch hex iata icao imagepullpolicy \
    ingredients inventory isbn iso iso2 kcal lager license livenessprobe mime mimetype mountpath mountpoint mpn mtu \
    partitions population precio preco preis preise prezzi prezzo price prijs prix replicas repository_url resource \
    resource_version resourceversion restartpolicy retention rgb routing_key shipping_class sku sku_id spans stock \
    tax_class tax_rate unit unit_price unitprice units upc variants vhost warehouse widgets",
);

/// As [`BESIDE`], in a line of pairs without brackets too.
pub(super) static IN_LINE: WordList<32> = WordList::new(
    "consumers containerport ean gtin iface isbn mountpoint mtu netmask partitions replicas restarts sku stock",
);

/// Keys that only what is written like an identifier stands beside.
pub(super) static OF_SOFTWARE: WordList<16> =
    WordList::new("duration_ms handler queue span_id trace_id version");

/// Words for things that nobody is called.
pub(super) static WORDS: WordList<4096> = WordList::new(include_str!("words.txt"));

/// Words between them.
pub(in crate::detect) static JOINING: WordList<256> = WordList::new(
    "a abril am an and août aprile as at au aux avril by con das de december dei del della delle dem den der des \
    dezember di diciembre die du décembre e een el en enero et febbraio febrero februar february for from février \
    für gennaio giugno het il im in januar january janvier juillet juin juli julio july june juni junio l la las le \
    les los luglio maggio march mars marzo mayo met mit märz new november novembre noviembre october octobre octubre \
    of off oktober old on or ottobre par para per pour sans september septembre septiembre settembre sin su sur the \
    to und up van via von voor vs with y zu zum zur",
);

/// Words for things that are families' names too: with a capital they count beside others only.
pub(super) static FAMILIES: WordList<256> = WordList::new(
    "bacon bank banner basic beam block bridge card charge christmas clean comment company copper court date driver \
    engine field fields font gateway handler helm hook jenkins lane lang link list lock loja major mason mill nord \
    page pages pain park peer pilot plan play poll post press print rails ram reader room rust sales salt script \
    seal search self setter share shop sign slow speaker stack store summary topic trigger wizard \
    worker writer",
);

/// Words that say something of things beside others only, in any case.
pub(super) static OF_THINGS: WordList<512> = WordList::new(
    "almond arts at autumn avis back bad beer bell black blue bread brown bumper burger butter cash ch cinnamon \
    class coconut coffee cold comfort contractor cotton cream dance dark de deep director door drawing early easter \
    en es eu eve famille fee field final fire floor fr friday front gap garden ginger glass gold good gray green \
    grey gross hail hand heavy high holiday hot iron it junior lamb last late lawyer leather leave left lemon light \
    low lower marble max mid mint mirror monday music net next nl noon north orange parents party peak please pool \
    pt purple quarter range red rice right ring round salmon self senior seven short sick side silk silver smoke \
    soup south span spring steel storm studio summer sunday tea terrace theft top uk ultra urban us velvet villa \
    warm way wheel white winter wood world yellow yoga",
);

/// Keys of values that are chosen from a list, as long as no given name is in them.
pub(super) static CHOSEN: WordList<512> = WordList::new(
    "aircraft allergy amenity anaesthesia analyte asunto audience basis beverage book bundesland cabin check choice \
    ci cidade citta ciudad climate colore commune comune constellation cooling couleur crop damage decision defect \
    degree departement dia difficulty disposition district drink ecosystem estacion estado etape etat exterior \
    fabric fach farbe fare feast film finish fit flavor flavour fund galaxy gearbox gemeinde genus gesture giorno \
    greeting grund guild habitat hazard heating holiday impact incoterm index ingredient instrument interior \
    intolerance isp jour kleur kolor land league likelihood machine magazine make marca marka marke marque materia \
    material matiere merk mineral modality modele moon motif motivo movie neighborhood neighbourhood newspaper \
    newstate oldstate operation organ outcome packaging paese pais part pattern pays piece planet plant powod \
    procedure provincia publisher purpose quarter quartier quest raison reaction reden risk saison scheme season \
    seniority shape soil speciality specialty specimen spice stadt stadtteil stagione stato stop style symptom tag \
    taste temporada terrain texture tide tissue topping tournament transmission trim urgency vaccine verdict ville \
    weapon weekdag weekday wochentag zustand",
);

/// Keys that persons have, beside what the vocabulary of names knows.
pub(super) static OF_PERSONS: WordList<64> = WordList::new(
    "age arrival avatar bio booking checkin checkout civilite departure employer gender guardian  nationality \
    nights occupation passenger relationship reservation role roles salary salutation seat seat_number sex ticket \
    title ",
);
