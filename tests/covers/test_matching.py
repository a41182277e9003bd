"""Songs and what providers offer for them, checked by hand: the right one or none, never a wrong one."""

import pytest

from covers.candidates import Candidate
from covers.matching import choose, judge

Offer = tuple[str, str, str]  # artist, title, album

# (artist, track, wrong offers, right offers): wrong ones come first, as providers like to have it
PAIRS: list[tuple[str, str, list[Offer], list[Offer]]] = [
    # covers by others, karaoke, tributes
    (
        "Radiohead",
        "Creep",
        [
            ("Scala & Kolacny Brothers", "Creep", "Scala on the Rocks"),
            ("Postmodern Jukebox", "Creep (feat. Haley Reinhart)", "Selfies on Kodachrome"),
            ("TLC", "Creep", "CrazySexyCool"),
            ("Stone Temple Pilots", "Creep", "Core"),
        ],
        [("Radiohead", "Creep", "Pablo Honey")],
    ),
    (
        "Nirvana",
        "Smells Like Teen Spirit",
        [
            ("Tori Amos", "Smells Like Teen Spirit", "Crucify"),
            ("Karaoke Nirvana", "Smells Like Teen Spirit (Karaoke Version)", "Karaoke Hits"),
            ("Rockabye Baby!", "Smells Like Teen Spirit", "Lullaby Renditions of Nirvana"),
        ],
        [("Nirvana", "Smells Like Teen Spirit (Remastered 2021)", "Nevermind (30th Anniversary)")],
    ),
    (
        "Leonard Cohen",
        "Hallelujah",
        [("Jeff Buckley", "Hallelujah", "Grace"), ("Pentatonix", "Hallelujah", "A Pentatonix Christmas")],
        [("Leonard Cohen", "Hallelujah", "Various Positions")],
    ),
    (
        "Jeff Buckley",
        "Hallelujah",
        [
            ("Leonard Cohen", "Hallelujah", "Various Positions"),
            ("Jeff Buckley", "Hallelujah (Live)", "Mystery White Boy"),
        ],
        [("Jeff Buckley", "Hallelujah", "Grace")],
    ),
    (
        "Adele",
        "Hello",
        [
            ("Lionel Richie", "Hello", "Can't Slow Down"),
            ("Adele Tribute Team", "Hello", "A Tribute to Adele"),
            ("The Karaoke Channel", "Hello (In the Style of Adele) [Karaoke Version]", "Karaoke"),
        ],
        [("Adele", "Hello", "25")],
    ),
    (
        "Bob Dylan",
        "All Along the Watchtower",
        [("Jimi Hendrix", "All Along the Watchtower", "Electric Ladyland")],
        [("Bob Dylan", "All Along the Watchtower", "John Wesley Harding")],
    ),
    (
        "Trent Reznor",
        "Hurt",
        [("Johnny Cash", "Hurt", "American IV"), ("Nine Inch Nails", "Hurt", "The Downward Spiral")],
        [],
    ),
    (
        "Johnny Cash",
        "Hurt",
        [("Nine Inch Nails", "Hurt", "The Downward Spiral"), ("Christina Aguilera", "Hurt", "Back to Basics")],
        [("Johnny Cash", "Hurt", "American IV: The Man Comes Around")],
    ),
    (
        "Queen",
        "Bohemian Rhapsody",
        [
            ("Queen", "Bohemian Rhapsody (Karaoke Version)", "Sing Queen"),
            ("Pink", "Bohemian Rhapsody (Live from Wembley Arena)", "Funhouse Tour"),
            ("The String Quartet Tribute", "Bohemian Rhapsody", "The String Quartet Tribute to Queen"),
        ],
        [("Queen", "Bohemian Rhapsody - Remastered 2011", "A Night at the Opera")],
    ),
    (
        "Queen",
        "Somebody to Love",
        [("Jefferson Airplane", "Somebody to Love", "Surrealistic Pillow"), ("Glee Cast", "Somebody to Love", "Glee")],
        [("Queen", "Somebody to Love", "A Day at the Races")],
    ),
    (
        "a-ha",
        "Take On Me",
        [
            ("Reel Big Fish", "Take On Me", "BASEketball"),
            ("a-ha", "Take on Me (MTV Unplugged - Summer Solstice)", "MTV Unplugged"),
            ("Weezer", "Take on Me", "Weezer (Teal Album)"),
        ],
        [("a-ha", "Take on Me", "Hunting High and Low")],
    ),
    (
        "Dolly Parton",
        "I Will Always Love You",
        [("Whitney Houston", "I Will Always Love You", "The Bodyguard")],
        [("Dolly Parton", "I Will Always Love You", "Jolene")],
    ),
    (
        "ABBA",
        "Dancing Queen",
        [
            ("ABBA Tribute", "Dancing Queen", "Mamma Mia"),
            ("Meryl Streep, Julie Walters & Christine Baranski", "Dancing Queen", "Mamma Mia!"),
            ("Made famous by ABBA", "Dancing Queen (Originally Performed by ABBA)", "Party Hits"),
        ],
        [("ABBA", "Dancing Queen", "Arrival")],
    ),
    ("Coldplay", "Yellow", [("Vitamin String Quartet", "Yellow", "VSQ Performs Coldplay")], []),
    (
        "Oasis",
        "Wonderwall",
        [("Ryan Adams", "Wonderwall", "Love Is Hell"), ("Oasis", "Wonderwall (Piano Version)", "Relaxing Piano")],
        [("Oasis", "Wonderwall", "(What's the Story) Morning Glory?")],
    ),
    # live, remix, acoustic, demo, sped up, re-recorded
    (
        "Radiohead",
        "Karma Police",
        [("Radiohead", "Karma Police (Live in Oxford)", "Karma Police EP")],
        [("Radiohead", "Karma Police", "OK Computer")],
    ),
    (
        "Nirvana",
        "About a Girl",
        [("Nirvana", "About a Girl", "MTV Unplugged in New York")],
        [("Nirvana", "About a Girl", "Bleach")],
    ),
    (
        "Nirvana",
        "About a Girl - Live",
        [("Nirvana", "About a Girl", "Bleach")],
        [("Nirvana", "About a Girl (Live)", "MTV Unplugged in New York")],
    ),
    (
        "Hole",
        "Violet",
        [("Hole", "Violet (Live)", "Ask for It")],
        [("Hole", "Violet", "Live Through This")],
    ),
    (
        "Oasis",
        "Live Forever",
        [("Oasis", "Live Forever (Live at Knebworth)", "Knebworth 1996")],
        [("Oasis", "Live Forever (Remastered)", "Definitely Maybe")],
    ),
    (
        "Wings",
        "Live and Let Die",
        [("Guns N' Roses", "Live and Let Die", "Use Your Illusion I")],
        [("Paul McCartney & Wings", "Live and Let Die", "Live and Let Die")],
    ),
    (
        "The Killers",
        "Mr. Brightside",
        [("The Killers", "Mr. Brightside (Jacques Lu Cont's Thin White Duke Remix)", "Sawdust")],
        [("The Killers", "Mr. Brightside", "Hot Fuss")],
    ),
    (
        "Everything but the Girl",
        "Missing",
        [("Everything but the Girl", "Missing (Todd Terry Remix)", "Walking Wounded")],
        [("Everything But The Girl", "Missing", "Amplified Heart")],
    ),
    (
        "Lana Del Rey",
        "Summertime Sadness (Cedric Gervais Remix)",
        [("Lana Del Rey", "Summertime Sadness", "Born to Die")],
        [("Lana Del Rey", "Summertime Sadness (Cedric Gervais Remix)", "Summertime Sadness")],
    ),
    (
        "Foo Fighters",
        "Everlong",
        [("Foo Fighters", "Everlong (Acoustic Version)", "Greatest Hits")],
        [("Foo Fighters", "Everlong", "The Colour and the Shape")],
    ),
    (
        "The Smiths",
        "This Charming Man",
        [
            ("The Smiths", "This Charming Man (New York Vocal)", "Singles"),
            ("The Smiths", "This Charming Man (Demo)", "Demos"),
        ],
        [("The Smiths", "This Charming Man (2011 Remaster)", "The Smiths")],
    ),
    (
        "Miley Cyrus",
        "Flowers",
        [("Miley Cyrus", "Flowers (Sped Up)", "Flowers"), ("Miley Cyrus", "Flowers (Instrumental)", "Flowers")],
        [("Miley Cyrus", "Flowers", "Endless Summer Vacation")],
    ),
    (
        "Taylor Swift",
        "Love Story",
        [("Taylor Swift", "Love Story (Taylor's Version)", "Fearless (Taylor's Version)")],
        [("Taylor Swift", "Love Story", "Fearless")],
    ),
    (
        "Taylor Swift",
        "Love Story (Taylor's Version)",
        [("Taylor Swift", "Love Story", "Fearless")],
        [("Taylor Swift", "Love Story (Taylor's Version)", "Fearless (Taylor's Version)")],
    ),
    (
        "Daft Punk",
        "Harder, Better, Faster, Stronger",
        [("Daft Punk", "Around the World / Harder, Better, Faster, Stronger", "Alive 2007")],
        [("Daft Punk", "Harder Better Faster Stronger", "Discovery")],
    ),
    # remasters and editions are the same song
    (
        "The Beatles",
        "Here Comes the Sun",
        [("Nina Simone", "Here Comes the Sun", "Here Comes the Sun")],
        [("The Beatles", "Here Comes The Sun (2019 Mix)", "Abbey Road (Super Deluxe)")],
    ),
    (
        "Fleetwood Mac",
        "Dreams",
        [("The Cranberries", "Dreams", "Everybody Else Is Doing It"), ("Gabrielle", "Dreams", "Find Your Way")],
        [("Fleetwood Mac", "Dreams (2004 Remaster)", "Rumours")],
    ),
    (
        "Pink Floyd",
        "Wish You Were Here",
        [("Avril Lavigne", "Wish You Were Here", "Goodbye Lullaby"), ("Incubus", "Wish You Were Here", "Morning View")],
        [("Pink Floyd", "Wish You Were Here (Remastered)", "Wish You Were Here")],
    ),
    (
        "The Beach Boys",
        "God Only Knows",
        [("BBC Music", "God Only Knows", "God Only Knows")],
        [("The Beach Boys", "God Only Knows (Mono)", "Pet Sounds")],
    ),
    # another language, another script
    (
        "Rammstein",
        "Engel",
        [("Rammstein", "Angel", "Engel"), ("Robbie Williams", "Angels", "Life Thru a Lens")],
        [("Rammstein", "Engel", "Sehnsucht")],
    ),
    ("Nena", "99 Luftballons", [("Nena", "99 Red Balloons", "99 Luftballons")], [("Nena", "99 Luftballons", "Nena")]),
    ("Кино", "Группа крови", [("Viktor Tsoi", "Blood Type", "Kino")], [("Кино", "Группа крови", "Группа крови")]),
    (
        "Земфира",
        "Искала",
        [("Полина Гагарина", "Искала", "Голос")],
        [("Земфира", "ИСКАЛА", "Прости меня моя любовь")],
    ),
    (
        "宇多田ヒカル",
        "First Love",
        [("Hikaru Utada", "First Love (Live)", "Live Chronicle")],
        [("宇多田ヒカル", "First Love", "First Love")],
    ),
    ("Björk", "Jóga", [("Bjork Tribute", "Joga", "Tribute")], [("Bjork", "Joga", "Homogenic")]),
    (
        "Sigur Rós",
        "Hoppípolla",
        [("Vitamin String Quartet", "Hoppipolla", "VSQ")],
        [("Sigur Ros", "Hoppipolla", "Takk...")],
    ),
    (
        "Stromae",
        "Alors on danse",
        [("Stromae", "Alors on danse (Radio Edit) [Remix]", "Hits")],
        [("Stromae", "Alors On Danse", "Cheese")],
    ),
    # the same title by another artist
    (
        "The Cure",
        "Just Like Heaven",
        [("Dinosaur Jr.", "Just Like Heaven", "Just Like Heaven"), ("Katie Melua", "Just Like Heaven", "OST")],
        [("The Cure", "Just Like Heaven", "Kiss Me, Kiss Me, Kiss Me")],
    ),
    (
        "Muse",
        "Starlight",
        [("Taylor Swift", "Starlight", "Red"), ("Slash", "Starlight", "Slash")],
        [("Muse", "Starlight", "Black Holes and Revelations")],
    ),
    (
        "Beyoncé",
        "Halo",
        [("Depeche Mode", "Halo", "Violator"), ("LP", "Halo", "Forever for Now")],
        [("Beyonce", "Halo", "I Am... Sasha Fierce")],
    ),
    ("Pixies", "Gigantic", [("Pixie Lott", "Gigantic", "None")], [("Pixies", "Gigantic", "Surfer Rosa")]),
    (
        "Air",
        "All I Need",
        [("Radiohead", "All I Need", "In Rainbows"), ("Air Supply", "All I Need", "Love")],
        [("AIR", "All I Need", "Moon Safari")],
    ),
    (
        "The xx",
        "Intro",
        [("alt-J", "Intro", "An Awesome Wave"), ("M83", "Intro (feat. Zola Jesus)", "Hurry Up")],
        [("The xx", "Intro", "xx")],
    ),
    (
        "Blur",
        "Song 2",
        [("Blur", "Song 3", "Bootleg"), ("Blur Tribute", "Song 2", "Hits")],
        [("Blur", "Song 2", "Blur")],
    ),
    # guests and duets
    (
        "Rihanna",
        "Umbrella",
        [("The Baseballs", "Umbrella", "Strike!")],
        [("Rihanna", "Umbrella (feat. JAY-Z)", "Good Girl Gone Bad")],
    ),
    (
        "Mark Ronson feat. Bruno Mars",
        "Uptown Funk",
        [("Bruno Mars Karaoke", "Uptown Funk", "Karaoke")],
        [("Mark Ronson", "Uptown Funk (feat. Bruno Mars)", "Uptown Special")],
    ),
    (
        "Queen & David Bowie",
        "Under Pressure",
        [("My Chemical Romance & The Used", "Under Pressure", "Under Pressure")],
        [("Queen, David Bowie", "Under Pressure (Remastered 2011)", "Hot Space")],
    ),
    (
        "David Bowie",
        "Under Pressure",
        [("Karen Souza", "Under Pressure", "Essentials")],
        [("Queen & David Bowie", "Under Pressure", "Hot Space")],
    ),
    (
        "Simon & Garfunkel",
        "The Sound of Silence",
        [("Disturbed", "The Sound of Silence", "Immortalized"), ("Paul Simon", "The Sound of Silence", "Songbook")],
        [("Simon and Garfunkel", "The Sound of Silence", "Sounds of Silence")],
    ),
    (
        "Eminem",
        "Stan",
        [("Dido", "Thank You", "No Angel"), ("Eminem", "Stan (Live From BBC)", "Curtain Call")],
        [("Eminem", "Stan (feat. Dido)", "The Marshall Mathers LP")],
    ),
    (
        "AC/DC",
        "Thunderstruck",
        [("2CELLOS", "Thunderstruck", "Celloverse")],
        [("AC/DC", "Thunderstruck", "The Razors Edge")],
    ),
    # classical works
    (
        "Ludwig van Beethoven",
        "Symphony No. 5 in C Minor, Op. 67: I. Allegro con brio",
        [
            ("Ludwig van Beethoven", "Symphony No. 6 in F Major, Op. 68: I. Allegro ma non troppo", "Symphonies"),
            ("Ludwig van Beethoven", "Symphony No. 5 in C Minor, Op. 67: II. Andante con moto", "Symphonies"),
        ],
        [("Ludwig van Beethoven", "Symphony No. 5 in C Minor, Op. 67: I. Allegro con brio", "Beethoven: Symphony 5")],
    ),
    (
        "Frédéric Chopin",
        "Nocturne No. 2 in E-Flat Major, Op. 9",
        [
            ("Frédéric Chopin", "Nocturne No. 1 in B-Flat Minor, Op. 9", "Nocturnes"),
            ("Frédéric Chopin", "Nocturne No. 2 in E-Flat Minor, Op. 9", "Nocturnes"),
        ],
        [("Frederic Chopin", "Nocturne No. 2 in E Flat Major, Op. 9", "Nocturnes")],
    ),
    (
        "Erik Satie",
        "Gymnopédie No. 1",
        [("Erik Satie", "Gymnopédie No. 3", "Satie"), ("Erik Satie", "Gnossienne No. 1", "Satie")],
        [("Erik Satie", "Gymnopedie No. 1", "Satie: Piano Works")],
    ),
    (
        "Johann Sebastian Bach",
        "Goldberg Variations, BWV 988: Aria",
        [
            ("Johann Sebastian Bach", "Goldberg Variations, BWV 988: Variatio 1", "Goldberg"),
            ("Glenn Gould", "Aria", "Gould"),
        ],
        [("Johann Sebastian Bach, Glenn Gould", "Goldberg Variations, BWV 988: Aria", "Goldberg Variations (1981)")],
    ),
    # a slip of the pen
    (
        "Smashing Pumpkins",
        "Bullet With Butterfly Wings",
        [],
        [("The Smashing Pumpkins", "Bullet with Buterfly Wings", "Mellon Collie")],
    ),
]


def _candidates(offers: list[Offer]) -> list[Candidate]:
    return [
        Candidate("itunes", artist, title, album, ("https://a.mzstatic.com/x.jpg",)) for artist, title, album in offers
    ]


@pytest.mark.parametrize(("artist", "track", "wrong", "right"), PAIRS, ids=[f"{a} - {t}" for a, t, _, _ in PAIRS])
def test_the_right_one_is_chosen_of_all_and_none_of_the_wrong(
    artist: str, track: str, wrong: list[Offer], right: list[Offer]
) -> None:
    assert choose(artist, track, _candidates(wrong)) is None
    chosen = choose(artist, track, _candidates(wrong + right))
    named = [(chosen.artist, chosen.title, chosen.album)] if chosen else []
    assert named == right


def test_there_are_sixty_of_them() -> None:
    assert len(PAIRS) >= 60


def test_official_releases_go_before_bootlegs_and_albums_before_collections() -> None:
    bootleg = Candidate("musicbrainz", "Radiohead", "Creep", "Some Night", ("x",), official=False)
    gathered = Candidate("musicbrainz", "Radiohead", "Creep", "The Best Of", ("x",))
    album = Candidate("musicbrainz", "Radiohead", "Creep", "Pablo Honey", ("x",))
    assert choose("Radiohead", "Creep", [bootleg, gathered, album]) is album
    assert choose("Radiohead", "Creep", [bootleg, gathered]) is gathered


def test_what_has_a_cover_goes_before_what_has_none() -> None:
    bare = Candidate("itunes", "Radiohead", "Creep", "Pablo Honey")
    shown = Candidate("itunes", "Radiohead", "Creep", "The Best Of", ("x",))
    assert choose("Radiohead", "Creep", [bare, shown]) is shown


def test_a_verdict_says_why_not() -> None:
    offers = [
        ("TLC", "Creep", "CrazySexyCool"),
        ("Radiohead", "High and Dry", "The Bends"),
        ("Radiohead", "Creep (Live)", ""),
    ]
    faults = [verdict.fault for verdict in judge("Radiohead", "Creep", _candidates(offers))]
    assert faults == ["by 'TLC'", "named 'High and Dry'", "another take (live)"]
