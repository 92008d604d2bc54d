# ruff: noqa: E501 - a table of places reads best a line a place
"""Cities of the demo, with what our texts and prices need to know of each.

Names in the first column are GeoNames', so that each city is found among the destinations. Sights and
streets are real; the hotels that `names.py` puts there are not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A city: how many hotels, its climate for pictures, its price level in percent, sights, streets."""

    lookup: str
    country: str
    name: str
    hotels: int
    climate: str
    setting: str
    level: int
    sights: tuple[str, ...]
    streets: tuple[str, ...]


# GeoNames name | our name or - | hotels | climate | setting | price level | sights | streets
_PLACES = """
IN|Mumbai|-|9|tropical|coast|150|Gateway of India,Marine Drive,Colaba Causeway|Nepean Sea Road,Hill Road,Turner Road,Mereweather Road
IN|New Delhi|-|9|urban|city|130|India Gate,Lodhi Garden,Humayun's Tomb|Sunder Nagar,Hanuman Road,Prithviraj Lane,Bhagat Singh Marg
IN|Bengaluru|-|7|urban|city|115|Cubbon Park,Lalbagh,Church Street|Residency Road,Lavelle Road,12th Main,Infantry Road
IN|Chennai|-|5|tropical|coast|100|Marina Beach,Kapaleeshwarar Temple,San Thome Basilica|Cathedral Road,Khader Nawaz Khan Road,Luz Church Road
IN|Kolkata|-|5|urban|city|95|Victoria Memorial,Park Street,the Maidan|Sudder Street,Ballygunge Place,Camac Street
IN|Hyderabad|-|5|urban|city|100|Charminar,Golconda Fort,Hussain Sagar|Road No. 12 Banjara Hills,Jubilee Hills Road,Abids Road
IN|Pune|-|3|urban|city|90|Shaniwar Wada,Aga Khan Palace|North Main Road,Fergusson College Road,Prabhat Road
IN|Ahmedabad|-|4|desert|heritage|85|Sabarmati Ashram,Sidi Saiyyed Mosque|Ashram Road,Mangaldas Road,Law Garden Road
IN|Jaipur|-|10|desert|heritage|110|Hawa Mahal,Amber Fort,the City Palace|Sardar Patel Marg,Bani Park,Hari Marg,Jacob Road
IN|Udaipur|-|9|desert|lake|125|Lake Pichola,the City Palace,Jagdish Temple|Gangaur Ghat Marg,Lal Ghat,Hanuman Ghat,Ambamata Road
IN|Jodhpur|-|6|desert|heritage|95|Mehrangarh Fort,the Clock Tower,Toorji's Stepwell|Makrana Mohalla,Residency Road,Gulab Sagar
IN|Jaisalmer|-|5|desert|desert|90|Jaisalmer Fort,Gadisar Lake,Patwon ki Haveli|Fort Road,Gandhi Chowk,Hanuman Circle
IN|Pushkar|-|3|desert|lake|75|Pushkar Lake,Savitri Temple|Panch Kund Road,Chhoti Basti,Ganahera Road
IN|Agra|-|5|desert|heritage|95|the Taj Mahal,Agra Fort,Mehtab Bagh|Fatehabad Road,Taj East Gate Road,Mall Road
IN|Varanasi|-|6|urban|river|90|Dashashwamedh Ghat,Assi Ghat,Sarnath|Assi Ghat Road,Bhelupur Road,Shivala Lane
IN|Lucknow|-|3|urban|heritage|80|Bara Imambara,Hazratganj,the Residency|Mahatma Gandhi Marg,Ashok Marg,Park Road
IN|Amritsar|-|4|urban|heritage|85|the Golden Temple,Jallianwala Bagh|Queens Road,Mall Road,Court Road
IN|Rishīkesh|Rishikesh|5|alpine|river|85|Laxman Jhula,Triveni Ghat,the Ganga rapids|Tapovan Road,Swarg Ashram Road,Badrinath Road
IN|Shimla|-|5|alpine|hills|105|the Ridge,Jakhoo Hill,Christ Church|Mall Road,Cart Road,Summer Hill Road
IN|Manali|-|5|alpine|hills|100|Old Manali,Hadimba Temple,Solang Valley|Log Huts Road,Hadimba Road,Naggar Road
IN|Dharamsala|-|3|alpine|hills|80|McLeod Ganj,the Tsuglagkhang,Triund|Temple Road,Jogiwara Road,Bhagsu Road
IN|Mussoorie|-|3|alpine|hills|95|Camel's Back Road,Gun Hill,Landour|Library Road,Mall Road,Kempty Road
IN|Srinagar|-|5|alpine|lake|105|Dal Lake,Shalimar Bagh,Nigeen Lake|Boulevard Road,Gupkar Road,Foreshore Road
IN|Leh|-|4|alpine|hills|95|Leh Palace,Shanti Stupa,the old town|Fort Road,Changspa Road,Karzoo Lane
IN|Dārjiling|Darjeeling|4|alpine|hills|85|Tiger Hill,the Toy Train,Batasia Loop|Gandhi Road,Robertson Road,Zakir Hussain Road
IN|Gangtok|-|3|alpine|hills|80|MG Marg,Rumtek Monastery,Tashi View Point|Tibet Road,Development Area,Kazi Road
IN|Shillong|-|2|alpine|hills|75|Ward's Lake,Elephant Falls|Police Bazar Road,Laitumkhrah Main Road
IN|Guwahati|-|2|tropical|river|75|Kamakhya Temple,the Brahmaputra|GS Road,Mahatma Gandhi Road
IN|Panjim|Panaji|7|tropical|coast|120|Fontainhas,Miramar Beach,the Mandovi|31 January Road,Dayanand Bandodkar Marg,Rua de Ourém
IN|Calangute|-|6|tropical|beach|115|Calangute Beach,Baga,Candolim|Holiday Street,Calangute Beach Road,Gauravaddo
IN|Kochi|-|7|tropical|coast|100|Fort Kochi,the Chinese fishing nets,Mattancherry|Princess Street,Rose Street,Parade Ground Road
IN|Alappuzha|-|4|tropical|backwater|95|Vembanad Lake,the backwaters,Marari|Punnamada Road,Finishing Point Road,Mullackal Road
IN|Munnar|-|4|alpine|hills|95|Eravikulam,the tea gardens,Mattupetty Lake|Chithirapuram Road,Pothamedu Road,Moolakadai
IN|Thiruvananthapuram|-|3|tropical|coast|85|Padmanabhaswamy Temple,Kovalam,Napier Museum|Museum Road,Vazhuthacaud Road,Beach Road
IN|Varkala|-|3|tropical|beach|80|North Cliff,Papanasam Beach|Helipad Road,Cliff Road,Temple Road
IN|Mysuru|-|4|urban|heritage|80|Mysore Palace,Chamundi Hill,Devaraja Market|Nazarbad Main Road,Vinoba Road,Jhansi Lakshmi Bai Road
IN|Madikeri|-|3|alpine|hills|90|Raja's Seat,Abbey Falls|Mysore Road,Convent Road
IN|Ooty|-|4|alpine|hills|90|Ooty Lake,the Botanical Garden,Doddabetta|Havelock Road,Fern Hill Road,Club Road
IN|Kodaikānāl|Kodaikanal|3|alpine|hills|85|Kodai Lake,Coaker's Walk|Lower Shola Road,Laws Ghat Road
IN|Puducherry|-|6|tropical|coast|95|Promenade Beach,the French Quarter,Auroville|Rue Romain Rolland,Rue Suffren,Rue Dumas
IN|Madurai|-|2|tropical|heritage|70|Meenakshi Temple,Thirumalai Nayakkar Palace|West Perumal Maistry Street,Race Course Road
IN|Thanjavur|-|2|tropical|heritage|70|Brihadisvara Temple,Saraswathi Mahal|Trichy Road,Gandhiji Road
IN|Visakhapatnam|-|2|tropical|beach|80|RK Beach,Kailasagiri|Beach Road,Waltair Main Road
IN|Bhubaneswar|-|2|tropical|heritage|75|Lingaraja Temple,Udayagiri Caves|Janpath,Lewis Road
IN|Puri|-|3|tropical|beach|70|Jagannath Temple,Golden Beach|Chakra Tirtha Road,VIP Road
IN|Bhopal|-|2|urban|lake|70|Upper Lake,Van Vihar|Shamla Hills Road,VIP Road
IN|Bikaner|-|2|desert|desert|75|Junagarh Fort,Rampuria Havelis|Lallgarh Road,Rani Bazar
IN|Port Blair|-|2|tropical|beach|110|Cellular Jail,Corbyn's Cove|Foreshore Road,Marine Hill
GB|London|-|4|urban|city|175|Hyde Park,the British Museum,Covent Garden|Gower Street,Sussex Gardens,Ebury Street
GB|Edinburgh|-|3|temperate|heritage|125|the Castle,Arthur's Seat,the Royal Mile|Royal Terrace,Heriot Row,Candlemaker Row
GB|Bath|-|2|temperate|heritage|115|the Roman Baths,the Royal Crescent|Great Pulteney Street,Brock Street
FR|Paris|-|5|urban|city|170|the Louvre,Canal Saint-Martin,the Marais|Rue des Archives,Rue de Lancry,Rue Monge,Rue Lepic
FR|Nice|-|3|mediterranean|beach|125|the Promenade des Anglais,Castle Hill|Rue de France,Boulevard Victor Hugo
FR|Lyon|-|2|temperate|river|95|Vieux Lyon,Fourvière|Rue Mercière,Quai Saint-Antoine
FR|Annecy|-|2|alpine|lake|120|Lake Annecy,the old town|Faubourg Sainte-Claire,Avenue d'Albigny
IT|Rome|-|4|mediterranean|city|135|the Pantheon,Trastevere,the Colosseum|Via dei Coronari,Via Margutta,Via della Lungaretta
IT|Florence|-|3|mediterranean|heritage|130|the Duomo,Ponte Vecchio,Oltrarno|Via Maggio,Borgo Pinti,Via dei Serragli
IT|Venice|-|3|mediterranean|canal|160|the Rialto,Piazza San Marco,Dorsoduro|Fondamenta Nani,Calle Lunga,Fondamenta della Misericordia
ES|Barcelona|-|4|mediterranean|beach|130|the Sagrada Família,the Gothic Quarter,Barceloneta|Carrer d'Enric Granados,Carrer de Girona,Carrer del Rec
ES|Sevilla|-|2|mediterranean|heritage|95|the Alcázar,Triana|Calle Betis,Calle Mateos Gago
ES|Granada|-|2|mediterranean|heritage|80|the Alhambra,Albaicín|Carrera del Darro,Cuesta de Gomérez
PT|Lisbon|-|3|mediterranean|city|110|Alfama,Belém,Chiado|Rua das Flores,Rua da Madalena,Travessa do Carmo
PT|Porto|-|2|mediterranean|river|90|Ribeira,Livraria Lello|Rua das Taipas,Rua do Almada
DE|Berlin|-|3|urban|city|105|Museum Island,Mauerpark|Oranienburger Straße,Kollwitzstraße,Bleibtreustraße
DE|Munich|-|2|temperate|city|125|Marienplatz,the English Garden|Türkenstraße,Reichenbachstraße
NL|Amsterdam|-|3|temperate|canal|150|the Jordaan,the Rijksmuseum,Vondelpark|Herengracht,Egelantiersgracht,Weteringschans
AT|Vienna|-|3|urban|city|115|the Belvedere,Naschmarkt,Prater|Josefstädter Straße,Lindengasse,Salesianergasse
AT|Salzburg|-|2|alpine|heritage|115|Hohensalzburg,Mirabell Gardens|Steingasse,Linzer Gasse
CZ|Prague|-|3|temperate|heritage|85|Charles Bridge,Malá Strana,Vinohrady|Nerudova,Mánesova,Dlouhá
GR|Athens|-|2|mediterranean|city|95|the Acropolis,Plaka|Mitropoleos,Veikou
GR|Chaniá|Chania|2|mediterranean|beach|90|the Venetian Harbour,Splantzia|Zambeliou,Theotokopoulou
CH|Luzern|Lucerne|2|alpine|lake|140|Chapel Bridge,Mount Pilatus|Haldenstrasse,Rütligasse
CH|Zürich|Zurich|2|urban|lake|150|Lindenhof,Lake Zurich|Seefeldstrasse,Oberdorfstrasse
TR|Istanbul|-|4|mediterranean|city|110|Hagia Sophia,Galata Tower,the Bosphorus|Serdar-ı Ekrem,Akbıyık Caddesi,Boğazkesen Caddesi
TR|Antalya|-|2|mediterranean|beach|100|Kaleiçi,Konyaaltı Beach|Hesapçı Sokak,Uzun Çarşı
JP|Tokyo|-|5|urban|city|125|Asakusa,Ueno Park,Shibuya|Kappabashi-dori,Yanaka Ginza,Omotesando
JP|Kyoto|-|4|temperate|heritage|130|Gion,Nishiki Market,Fushimi Inari|Pontocho,Shinmonzen-dori,Rokkaku-dori
JP|Osaka|-|2|urban|city|95|Dotonbori,Osaka Castle|Shinsaibashi-suji,Nakazakicho
JP|Kanazawa|-|2|temperate|heritage|95|Kenrokuen,Higashi Chaya|Kazue-machi,Korinbo
SG|Singapore|-|3|tropical|city|120|Marina Bay,Chinatown,Tiong Bahru|Keong Saik Road,Joo Chiat Road,Duxton Hill
TH|Bangkok|-|4|tropical|city|105|Wat Arun,Chatuchak,the Chao Phraya|Charoen Krung Road,Soi Ari,Phra Athit Road
TH|Chiang Mai|-|3|tropical|heritage|80|the old city,Doi Suthep,Nimman|Ratchamanka Road,Wualai Road,Moon Muang Road
TH|Phuket|-|2|tropical|beach|110|Old Phuket Town,Rawai|Thalang Road,Dibuk Road
ID|Ubud|-|4|tropical|rice|100|the Campuhan Ridge,the Monkey Forest|Jalan Bisma,Jalan Sri Wedari,Jalan Raya Sanggingan
ID|Yogyakarta|-|2|tropical|heritage|70|the Kraton,Prambanan|Jalan Prawirotaman,Jalan Tirtodipuran
VN|Hanoi|-|3|tropical|lake|85|Hoan Kiem Lake,the Old Quarter|Hang Bac,Nha Tho,Hang Be
VN|Da Nang|-|2|tropical|beach|85|My Khe Beach,the Dragon Bridge|Vo Nguyen Giap,An Thuong
MY|Kuala Lumpur|-|2|tropical|city|90|Merdeka Square,Bukit Bintang|Jalan Sultan,Jalan Petaling
MY|George Town|-|2|tropical|heritage|75|Armenian Street,Clan Jetties|Lebuh Muntri,Love Lane
LK|Colombo|-|2|tropical|coast|95|Galle Face Green,Cinnamon Gardens|Horton Place,Park Street
LK|Galle|-|3|tropical|coast|110|Galle Fort,the lighthouse|Pedlar Street,Church Street,Lighthouse Street
NP|Kathmandu|-|3|alpine|heritage|90|Boudhanath,Patan Durbar Square|Lazimpat,Swotha,Jhamsikhel Road
NP|Pokhara|-|2|alpine|lake|80|Phewa Lake,Sarangkot|Lakeside Road,Khapaudi
AE|Dubai|-|4|desert|city|130|Dubai Creek,Jumeirah Beach,Al Fahidi|Al Wasl Road,Al Seef Street,Al Mankhool Road
AE|Abu Dhabi|-|2|desert|coast|115|the Corniche,Saadiyat Island|Al Khaleej Al Arabi Street,Hamdan Street
KW|Kuwait City|-|2|desert|coast|110|Souk Al-Mubarakiya,the Kuwait Towers|Arabian Gulf Street,Fahad Al-Salem Street
BH|Manama|-|2|desert|coast|100|Bab Al Bahrain,Qal'at al-Bahrain|Government Avenue,Al Fateh Highway
OM|Muscat|-|2|desert|coast|100|Mutrah Souq,the Corniche|Al Bahri Road,Al Inshirah Street
EG|Cairo|-|2|desert|river|90|Zamalek,Khan el-Khalili|Hassan Sabry,Talaat Harb
EG|Luxor|-|2|desert|river|75|Karnak,the West Bank|Corniche el-Nil,Al Madina al-Minawwara
MA|Marrakesh|-|4|desert|heritage|100|Jemaa el-Fna,the Majorelle Garden|Derb Dabachi,Derb Sidi Bouloukat,Riad Zitoun Jdid
KE|Nairobi|-|2|temperate|city|95|Karura Forest,the National Museum|Ngong Road,Muthaiga Road
ZA|Cape Town|-|3|mediterranean|coast|110|Table Mountain,Bo-Kaap,Camps Bay|Kloof Street,Bree Street,Victoria Road
US|New York City|New York|3|urban|city|160|Central Park,the High Line,the Brooklyn Bridge|West 22nd Street,Ludlow Street,Bedford Avenue
US|San Francisco|-|2|urban|coast|130|the Golden Gate,Dolores Park|Valencia Street,Union Street
US|New Orleans|-|2|tropical|heritage|95|the French Quarter,Audubon Park|Esplanade Avenue,Royal Street
CA|Montréal|Montreal|2|temperate|city|95|Old Montreal,Mount Royal|Rue Saint-Paul,Rue Rachel
MX|Mexico City|-|3|temperate|city|95|Chapultepec,Roma Norte,Coyoacán|Calle Orizaba,Calle Córdoba,Avenida Ámsterdam
PE|Cusco|Cusco|2|alpine|heritage|80|San Blas,the Plaza de Armas|Calle Hatunrumiyoc,Cuesta San Blas
BR|Rio de Janeiro|-|2|tropical|beach|105|Ipanema,Santa Teresa|Rua Aarão Reis,Rua Vinícius de Moraes
AU|Sydney|-|2|temperate|coast|120|Bondi,the Rocks|Crown Street,Campbell Parade
AU|Melbourne|-|2|urban|city|105|Fitzroy,the Royal Botanic Gardens|Gertrude Street,Flinders Lane
NZ|Auckland|-|2|temperate|coast|95|Ponsonby,Mission Bay|Ponsonby Road,Tamaki Drive
IS|Reykjavík|Reykjavik|2|alpine|coast|125|Hallgrímskirkja,the old harbour|Laugavegur,Bergstaðastræti
"""


def _parse(line: str) -> Place:
    country, lookup, name, hotels, climate, setting, level, sights, streets = line.split("|")
    return Place(
        lookup=lookup,
        country=country,
        name=lookup if name == "-" else name,
        hotels=int(hotels),
        climate=climate,
        setting=setting,
        level=int(level),
        sights=tuple(sights.split(",")),
        streets=tuple(streets.split(",")),
    )


PLACES: tuple[Place, ...] = tuple(_parse(line) for line in _PLACES.strip().splitlines())
