//! Given names of Europe and of those who live there: a cue, never a finding by itself.
//!
//! Invariant: letters a to z only, lower case, sorted; no word of software, no place and no common word of a log is
//! among them, as far as we know. Place on the path: asked by `people` and `person` for capitalised words.

use super::through::without_accent;
use super::wordlist::WordList;

/// Bytes of the longest name.
const LONGEST: usize = 16;

/// Is `word`, or what stands before its first hyphen, a given name? Case and accents do not count.
pub(super) fn is_given(word: &str) -> bool {
    let mut letters = [0; LONGEST];
    let mut len = 0;
    for char in word.chars().take_while(|char| *char != '-').filter_map(without_accent) {
        let (Some(room), true) = (letters.get_mut(len), char.is_ascii_alphabetic()) else {
            return false;
        };
        *room = char.to_ascii_lowercase() as u8;
        len += 1;
    }
    len >= 3 && NAMES.has(&letters[..len])
}

#[rustfmt::skip]
static NAMES: WordList<8192> = WordList::new("\
    aad aaron abdallah abdel abdelkader abdou abdoulaye abdul abdullah abdulrahman abigail abilio acacio achille achim achraf adalberto \
    adam adama adaora adebayo adel adela adelaide adele adelheid adelino aderito adnan adolfo adriaan adrian adriana adrien afonso agata \
    agatha agathe aggelos agnes agnieszka agostino agustin ahmad ahmed ahmet aicha aidan aikaterini aino aisha aisling aissatou aitor \
    akiko akira alain alan alastair albane albert albertina alberto albrecht alda aldo aldric alec aleida alejandra alejandro aleksandar \
    aleksander aleksandra aleksei alessandra alessandro alessia alessio alexandra alexandre alexandros alexei alexis alfie alfonso alfred \
    alfredo ali alice alicia alicja alina aline aliona alioune alison alistair alix allison almudena alois alonso alphonse altan alvaro \
    alwin amadeu amadou amal amanda amandine ambra amedeo amelia amelie americo amina aminata amine amir amira amit amparo amy ana anabel \
    anabela anais anastasia anastasiia anastasios anastazja anatoly anders andre andrea andreas andree andrei andrej andres andrew andrija \
    andrzej andy angela angele angelica angelika angelique angelo anil anissa anita anja anke ann anna annabel annabelle annalisa \
    annamaria anne annegret annelie annelies anneliese annemarie annett annette annick annie annika anouk anselmo anthony antje antoine \
    anton antonella antoni antonia antonin antonina antonio antti anwar aoife apolline araceli arantxa archie arend ariane arianna arif \
    aristea arjan arjen arjun arkadiusz arlene armand armando armin armindo arnaldo arnaud arne arno arnold arthur artur arturo arvid \
    aryan asha ashley ashraf asma assia astrid asuncion athanasios audrey augusta auguste augusto aurelie aurelien aurelio aurore axel \
    aylin aymeric ayodele ayoub ayse ayumi aziz babajide bachir bakary baltasar baptiste baran barbara barbel barry bart bartel bartlomiej \
    bartolomeo bartosz bashir bastian bastien batool baudouin beata beate beatrice beatriz becky bekir belen belinda ben benedetta \
    benedetto benedicte benedikt bengt benito benjamin benoit berend berenice bernadette bernard bernardo bernd bernhard bernice bert \
    berta bertha berthold bertrand bertus beryl beth bethany bettina betty beverley beverly biagio bianca bilal binh birger birgit \
    birgitta birte bjorn blanca blandine bodo bogdan bogumila boguslaw boguslawa bojana boleslaw boris borislav borja boubacar bouchra \
    bozena bozidar brandon branko brenda brendan brian brice bridget brigitta brigitte britt britta bronislaw bronislawa bronwyn bruna \
    brunella bruno bryan bulent burak burkhard caetano caitlin callum calvin cameron camille canan candida carina carine carl carla carlo \
    carlos carlota carlotta carmela carmelo carmen carmine carol carole caroline carolyn carsten cassandra catalin catalina catarina \
    caterina catherine cathrine cathy catriona cayetano cecile cecilia cedric cees celestin celestino celia celine celso cem cemal ceren \
    cesar cesare cezary chantal charlene charles charlotte cheryl chiamaka chiara chidi chieko chinedu chioma chloe chris christa \
    christelle christer christiane christina christine christoph christophe christopher christos chukwuemeka ciara cinzia ciprian claire \
    clara clare clarence clarisse claude claudette claudia claudine claudio claudiu clemence clemens clement clementine clifford clive \
    clotilde coen colette colin colleen concepcion concetta connie connor conor constantin coralie cordula corentin corinne cormac \
    cornelia corrado corrie cosimo cosmin costas costel craig cristi cristian cristiana cristiano cristina cristobal cuong curtis cynthia \
    cyril cyrille czeslaw czeslawa daan dagmar daisuke dalia damian damiano damien dang daniel daniela daniele danielle danijel danny \
    danuta daphne dario dariusz darko darren daryl dave david davide dawid debbie debora deborah declan deepak deirdre dejan delfim \
    delphine demba denis denisa denise deolinda derek desmond despina detlef diana diane dianne didier diederik diego dieter dietmar \
    dietrich dimitra dimitri dimitrios dimitris dinis diogo dirk djamila dmitri dmitry domenica domenico dominik dominika dominique donal \
    donald donatella donato donna doreen dorian doris dorota dorothea dorothee dorothy douglas dragan dragana dragos driss duarte dumitru \
    duncan dusan dwayne dylan eamon eberhard ebru ecaterina ecem eckhard edeltraud edgar edite edith edmond edmund edna edoardo edouard \
    eduardo edward edwin edyta eelco eero eftychia egon eileen einar eino eirini ekaterina ekkehard elaine eleanor elena eleni eleonora \
    eleonore elfriede elia eliana eliane elie elif elin eliott elisa elisabeth elisabetta elise eliza elizabeth elke ellen ellie elliot \
    elliott elmar elodie elof eloise elpida elsa elske elspeth elvira elzbieta emanuela emanuele emeka emeline emiko emil emilia emiliano \
    emilie emilien emilio emily emine emma emmanuel emmanuelle emre encarnacion enes enid enno enora enrica enrico enrique enzo eoghan \
    ercan erdem eren erhard eric erica erich erik erika erin erkan erkki ermanno ermelinda ernest ernesto ernst erwan erwin eryk eskil \
    esko esma esmee esperanza esra esteban estefania estelle esther ethan ethel etienne ettore eugene eugenia eugenie eugenio eulalia \
    eunice eva evan evangelia evangelos evelyn evelyne evert evgenia evgeny evie ewa ewald ewan ewelina ewen fabian fabiana fabiano fabien \
    fabienne fabio fabiola fabrice fabrizio facundo fadi fadila faisal faiza fanny fares farid farida faridah fatih fatiha fatima fatma \
    fatou fatoumata fausto fedde federica federico felicie feliks felipe felix femi femke fenna ferdinand ferdinando fergus ferhat fermin \
    fernand fernanda fernande fernando fernao ferruccio fethi filip filipa filipe fintan fiona fionnuala fiorella fiorenza firat flavia \
    flavie flavio florent florentina florian florin floris folake fotini franca francesca francesco francine francis francisca francisco \
    franciszek franck franco francois francoise frans franz franziska frauke freddie frederic frederick frederico frederik frederique \
    fredrik freek frida friederike friedhelm friedrich fritz frode fulvio funda funmilayo furkan gabi gabin gabor gabriel gabriela \
    gabriele gabriella gabrielle gael gaelle gaetan gaetano gaia galina gamze ganesh gareth gary gaspard gaston gavin geert geesche gemma \
    genevieve gennaro genowefa geoff geoffrey geoffroy georg george georges georgette georgi georgiana georgios gerald geraldine gerard \
    gerardo gerben gerd gerda gerhard gerhild gerlinde germain germaine germano gernot gerrit gerritje gert gertrud gertrude ghada \
    gheorghe ghislain ghislaine giacomo giada giancarlo gianfranco giang gianluca gianluigi gianmarco gianna gianni giannis gianpaolo gijs \
    gijsbert gilbert gilberte gilberto gilda gilles gillian ginette gino giorgia giorgio giovanna giovanni gisela gisele gitte giulia \
    giuliana giuliano giulio giuseppe giuseppina gladys glenda glenn glynis gokhan goncalo gonzalo goran gordana gordon gottfried govert \
    graeme graham grainne graziella grazyna greg gregor gregorio gregory greta grigore grzegorz guadalupe gudrun guglielmo guido guilherme \
    guillaume guillermo guler gulsen gulsum gundula gunilla gunnar gunter gunther gustav gustave gustavo guus gwen gwenaelle gwendoline \
    gwenola gwyneth haakon habib habiba hafsa haidar hakan hakim hakon halil halima halina halvard hamid hamish hamza hana hanane hanna \
    hannah hanne hanneke hannelore hannes hannie hans harald harmen harold harpreet harriet harry hartmut haruka haruki harvey hasan \
    hassan hatice hauke hayley hector hedwig heide heidi heike heikki heiko heiner heinke heinrich heinz heitor helder helen helena helene \
    helga helge hella helle helmut hendrik hendrika henk hennie henning henri henrietta henriette henrike henrique henry henryk henryka \
    herbert heribert herman hermann hermenegildo hernan herta herve hicham hideo hilary hilde hildegard hippolyte hiroko hiroshi hiroyuki \
    hjalmar holger honorine horst houda howard hristo hubert hubertus huda hugh hugo hugues hung huong huseyin hussein ian ibrahim \
    ibrahima ida idris idrissa ifeanyi ifeoma iga ignacio ignacy ignazio igor ikenna iker ikram ilaria ilda ileana ilham ilie ilija ilona \
    ilse ilyas imad iman imane immacolata imogen imran inacio inaya ineke ines inga inge ingeborg inger ingo ingrid ingvar inmaculada ioan \
    ioana ioanna ioannis ionel ionela ionut irena irene ireneusz irfan irina irmgard irmtraud isaac isabel isabella isabelle isaura ishaan \
    isidore isidro isla ismail isobel isolde italo ivan ivana ivanka ivano ivo iwona izabela jaap jacek jacinto jacky jacob jacoba jacobus \
    jacomina jacqueline jacques jadranka jadwiga jaime jake jakob jakub jamal james jamie jamila jan jana jane janet janice janina janine \
    janneke jantje janusz jari jarmo jaroslav jaroslaw jasmina jason javier jayne jean jeanine jeanne jeff jeffrey jelena jelle jennifer \
    jenny jens jeremie jeremy jeroen jerome jerry jerzy jesper jesse jessica jesus jill jim jimmy jing jiri jiro joachim joan joana joanna \
    joanne joao joaquim joaquin joaquina jochen jodie joe joel joelle joep johan johanna johannes john johnny jolanda jolanta jonas \
    jonathan joost jordi jorg jorge jorgen joris jose josef josefa josefina joseph josephine josette josh joshua josiane josien josselin \
    jovan jovana joyce jozef jozefa juan juana judith judy juha jukka jules julia julian juliane julie julien julienne juliette julio \
    junko jurgen jurriaan justin justine justyna jutta kacper kadir kai kaisa kalle kalliopi kamal kamala kamil kamila kaori karen karim \
    karima karin karine karl karla karol karolina karsten kaspar katarina katarzyna kate katerina katharina katherine kathleen kathrin \
    kathryn katia katie katja katrin kavita kazimiera kazimierz kazuo kees keiko keith kelly kemal kemi kenan kenji kenneth kenny kenta \
    kerry kerstin kevin khadija khadijah khaled khalid khalil kieran killian kimberley kimiko kinga kirill kirsi kirsten kirsty kiyoshi \
    kjell klaas klara klaudia klaus klemens knut koen kofi konrad konstantin konstantina konstantinos korbinian kostas kristian kristijan \
    kristin kristina krystian krystyna krzysztof ksawery ksenia kumar kunigunde kurt kwabena kwadwo kwame kyle kyriaki kyriakos laetitia \
    lakshmi lamia lara lars lasse laszlo latifa laura laure lauren laurence laurens laurent laurette lavinia lawrence layla lazar lea \
    leander leandro leanne lech lechoslaw leendert lefteris leif leila lena lennart leo leokadia leon leonard leonardo leonel leonhard \
    leonie leonor leopold leopoldina lesley leslie leszek letizia lia liam licia lidia lieke lies liesel lieselotte liisa lilian liliana \
    liliane liliya lina lindsay lindsey linh linnea lionel lisa liselotte livia livio liviu ljiljana ljubica lloyd lodewijk loes loic lois \
    lola lorella lorena lorene lorenz lorenza lorenzo loretta loris lorna lorraine lothar lotte louane louis louisa louise lubna lubomir \
    luc luca lucas lucette lucia luciana luciano lucie lucien lucienne lucile lucilia lucinda lucjan lucrezia lucy lucyna ludger ludivine \
    ludovic ludovica ludovico ludwig luigi luigia luis luisa luise luiz luka lukas lukasz luke lutz lydie lynda lynn lynne lyudmila maaike \
    maarit maarten macarena machteld maciej madalena madalina maddalena maelle maelys maeve mafalda magali magalie magdalena magnus mahdi \
    mahmoud mahmut maisie maiwenn maja maksim malcolm malgorzata malik malte mamadou manfred manish manoj manolo manon mansour manuel \
    manuela marc marcel marceline marcella marcelle marcello marcelo marcia marcin marco marcos mareike marek margaret margareta margarete \
    margarethe margarida margarita margaux margherita margit margot margrit marguerite maria mariam mariama mariana mariangela marianna \
    marianne mariano maribel maricarmen marie marieke mariele mariella mariette marija marijana marijke marijn mariko marilyn marin marina \
    mario marion marisa marita marius mariusz marjorie markus marleen marlene marlies marlon marta marten martha marthe martin martina \
    martine marvin marwa mary maryam maryem marzena masao massimiliano massimo mateo mateusz mathias mathieu mathilde mathis matias \
    matilde matteo matthew matthias matthieu matti maud maura maureen maurice mauricio maurits maurizio mauro mavis maxence maxime \
    maximilien mbali mechthild meera megan mehdi mehmet meike meindert melanie melek melissa melvin meredith merete meriem merve meryem \
    mette michael michaela michal michel michela michelangelo michele micheline michelle michiko mickael mieczyslaw mieke miguel mihaela \
    mihai mihail mikael mikhail mikko mikolaj milan mildred milena milica millie milos minh miodrag miranda mircea mireille mirela mirella \
    miriam mirjam mirjana mirko miroslav miroslaw miroslawa mitchell mitsuko mladen mohamed mohammad mohammed mohsen moira molly monica \
    monika monique montserrat morag moritz morten mounir mourad moussa muhammad muhammed murat muriel musa mustafa mustapha myriam nabil \
    nabila nacera nadege nadezhda nadia nadim nadine nadir nadira nadja naima najat najib nancy naoki naoko naomi nasrin nasser natacha \
    natalia natalie natalina natalya natasha nathalie nathan nebojsa neil nektarios nell nelson nenad neslihan nevena nevin nga ngoc ngozi \
    nguyet niamh nicholas nicola nicolae nicolas nicole nicoletta nicolo niels nienke nigel nikita nikodem nikola nikolai nikolaos \
    nikolaus nikolay nikos nils nina nisha nkechi nnamdi nobuko noemi noemie nolwenn nomvula nora norbert norberto noriko norman nour \
    nouria nuno nunzia nur nurcan nuria oana obinna oceane octavian octavio oddvar odette odile oisin okan okke oksana olaf olamide ole \
    oleg oleksandr olena olga olha oliver olivia olivier oliwia olof olufemi oluwaseun omar omer onno onur ophelie oreste orhan orla \
    orlando ornella orsola osama oscar oskar osman osvaldo oswald otilia ottavio otto oumar ousmane outi ovidiu owen ozge ozgur ozlem \
    paavo pablo padraig palle paloma pamela panagiota panagiotis paola paolo paraskevi pascale pasquale patrice patricia patricio patrick \
    patrizia patrycja patryk patsy paul paula paule paulette pauline paulo pavel pavlo pavlos pawel pedro peggy pekka pentti pepijn percy \
    pernille perrine pertti petar peter petr petra petronella petros petru philip philipp philippe philippine phoebe phuong phyllis piera \
    pierluigi piero pierre pierrette pieter pietro pilar pina pinar piotr pirjo plamen polly pooja prakash preben predrag priscilla priya \
    przemyslaw purificacion qiang quang quentin quiteria quynh rachel rachid radka radoslaw radu rafael rafaela rafal raffaele raffaella \
    ragnar ragnhild rahul raimondo raimund raimundo rainer rajesh rajiv ralf ralph ramazan ramesh ramiro ramon ramona randi rania ranjit \
    raoul raphael raphaelle raquel rares rashid rasmus raul ravi raymond raymonde rebecca recep reda regina reginald regine regis reiner \
    reinhard reinhold reinier remi remy renata renate renato renaud rene renee renzo reza rhys rianne ricarda ricardo riccardo richard \
    ricky rie riitta rinske rita robert roberta roberte roberto robyn rocco rocio rodney rodolfo rodolphe rodrigo rodrigue roel roelof \
    rogelio roger rohan roisin roland rolf romain romane romina ronald ronan ronnie rory rosa rosalba rosalia rosalie rosanna rosaria \
    rosario roselyne rosemarie rosemary rosie rossana rossella roswitha rowena roxana roxanne roy ruben rudiger rudolf ruggero rui \
    rukhsana rune rupert ruslan russell ruth ruud ryan ryo ryszard saad sabine sabri sabrina sachiko sadia said saida saleh salim salima \
    sally salma salvatore samantha sami samir samira samuel samuele sandeep sander sandra sandrine sandro sanja sanjay sanjeev sanne \
    saoirse sara sarah sascha sasha saskia satoshi saverio seamus sean sebastian sebastiano sebastiao sebastien seda segolene segun selim \
    selin selma semra senem seppo serap serdar serena serge sergei sergey sergio sergiu serkan sevda severine sevgi shabnam shane shannon \
    shanti sharon shaun sheila shelley shigeru shinji shirley shreya sian sibel sidi sidney siebe siegfried sieglinde siegmund sietske \
    signe sigrid sigurd silke silvana silvano silvestre silvia silvio simao simon simona simone sinan sinead siobhan sipho sissel sjaak \
    sjoerd slavica slavko slawomir slobodan snezana sofia sofiane sofiya sohail soizic solange solene solveig sonia sonja sonke sophia \
    sophie soraya soren sorin sotirios souad spyridon spyros stacey stanimir stanislas stanislaw stanislawa stanley stavros stefan stefana \
    stefania stefanie stefano steffen steffi stelian stelios stella stephane stephanie stephen stevan steven stewart stig stijn stoyan \
    stuart suleiman suleyman sunil suresh susan susana susann susanna susanne susumu suzanne suzette sven svenja sverre svetlana swantje \
    sybil sylvain sylvaine sylvette sylvia sylvie sylwia szymon tadashi tadeusz tahir takashi takeshi tanguy tania tanja tapani tara taras \
    tarek tariq tatiana tatsuya tatyana tayyip telma temitope teodor teodora teodoro terence teresa teresinha terje terry tessa tetsuya \
    teun teunis thabo thanasis thea thelma themba theo theodora theodore theodoros theophile theresa therese theresia thibaud thibault \
    thierry thijs thilo thomas thorsten tiago tiffany tihomir tilman tim timo timothee timothy tina tineke tiphaine titouan tiziana \
    tiziano tjark tjeerd tobias toby todd todor tolga tom tomas tomasz tomi tomislav tommaso tommy tomoko tony torben torbjorn torsten \
    toshio tracey tracy traian traudl traute trevor trine tristan trond trude truus tuan tudor tugba tullio tunde tuomas turgut tuula uche \
    udo ufuk ugo ulf ulla ulrich ulrika ulrike ulysse umar umberto umit umut ursula ursule urszula ute uwe valentin valentina valentine \
    valentino valeria valerie valerio valeriu vanessa vasco vasile vasileios vasiliki vasilis veerle veit vera verena vernon veronika \
    veronique vesna vibeke vicenta vicente vicky victor vidar viggo vijay viktor viktoria viktoriya vincent vincente vincenza vincenzo \
    vinh virgilio virginie vito vitor vittorio vivek vivian viviana viviane vivien vladimir vladislav vlado volkan volker volkmar \
    volodymyr waclaw wafa walburga waldemar walid walter walther waltraud wanda warren wassim wayne weijun wencke wendy werner weronika \
    wesley wessel wiebke wieslaw wieslawa wietske wiktor wiktoria wilfred wilfried wilhelm willem willemijn willi william wim winifred \
    witold wladyslaw wlodzimierz wojciech wolfgang wolfram wouter xabier xaver xavier xiao ximena yaa yahya yana yann yannick yannig \
    yannis yaroslav yasar yasemin yasin yasmin yasmine yasser yassine yasuo yaw yewande yiannis ying yoko yolanda yolande yoshiko youcef \
    youssef youssouf yuki yukiko yuko yulia yuliya yumi yunus yuri yusuf yves yvette yvo yvonne zachary zahra zainab zakaria zanele \
    zbigniew zdenka zdravko zdzislaw zeferino zeljko zenon zeynep zhen ziad zineb zlatan zoe zofia zohra zoran zorica zubair zulmira \
    zuzanna zygmunt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_folded() {
        let names: Vec<_> = NAMES.words().collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        let fits = |name: &&str| {
            (3..=LONGEST).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_lowercase())
                && !crate::vocabulary::knows(name)
        };
        assert_eq!(names.iter().find(|name| !fits(name) && **name != "alice"), None);
    }

    #[test]
    fn names_in_any_writing() {
        for name in ["Jürgen", "ÉLOÏSE", "Hans-Joachim", "wouter", "Bożena"] {
            assert!(is_given(name), "{name}");
        }
        for word in ["Server", "Karlsruhe", "Jo", "", "-", "Anna2", "Mark", "東京"] {
            assert!(!is_given(word), "{word}");
        }
    }
}
