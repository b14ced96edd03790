"""Names that people and companies of the demo are made of. All of them are invented combinations."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_NAMES = _words(
    "Aaron Abigail Adela Adrian Aiko Alejandra Alice Amara Amelie Anders Andrea Anika Antoine Anya Arjun Astrid "
    "Beatriz Benedikt Bianca Bjorn Camila Carlos Carmen Cecilia Chen Chiara Claire Clara Daniel Daria David Deepa "
    "Diego Dominik Elena Elias Elif Emil Emma Erik Esther Fatima Felix Fiona Florian Freya Gabriel Giulia Grace "
    "Hana Hannah Hassan Helena Henry Hiro Ida Imani Ines Ingrid Isabel Ivan Jakub James Jana Jasper Javier "
    "Jessica Joana Jonas Jorge Julia Kaito Karim Karin Katarina Keiko Kenji Kofi Lara Laura Leila Leo Lin Linnea "
    "Lucas Lucia Luis Magnus Maja Malik Mara Marco Maria Marta Martin Mateo Maya Mei Michael Mina Mira Mohamed "
    "Nadia Naomi Natalia Nicolas Nils Nina Noah Nora Olivia Omar Oscar Pablo Paula Petra Priya Rafael Rahul Rania "
    "Rebecca Renata Ricardo Robin Rosa Ruth Samir Sara Sebastian Selma Simon Sofia Stefan Sunita Tara Teresa "
    "Thomas Tim Tobias Tomas Ulrike Valentina Vera Victor Wei William Xavier Yara Yasmin Yuki Zara Zoe"
)

FAMILY_NAMES = _words(
    "Abbott Acosta Adeyemi Almeida Andersen Aoki Arslan Bailey Banerjee Barros Bauer Becker Bennett Bergman "
    "Bianchi Blanchard Bloom Brandt Braun Burke Cabrera Calloway Campos Carver Castillo Chandra Chavez Chow "
    "Clarke Cohen Conti Costa Cruz Dahl Dalton Das Delgado Dietrich Dixon Dubois Duarte Eriksen Esposito Falk "
    "Farrell Faulkner Ferreira Fischer Flores Foster Fournier Franco Fraser Fujita Galvan Garcia Gill Goto Graham "
    "Grant Gupta Haas Haddad Hale Hansen Harper Hayashi Hedlund Herrera Hoffmann Holm Horvat Hughes Ibarra Ito "
    "Iyer Jansen Jensen Johansson Kapoor Kato Keller Khan Kim Klein Kowalski Kruger Kumar Lam Lange Larsen "
    "Laurent Lee Leitner Lim Lindqvist Lopez Lund Madsen Malik Marchetti Marin Marsh Mehta Mendez Meyer Mishra "
    "Molina Moreau Moretti Moss Muller Murphy Nakamura Navarro Nguyen Nielsen Novak Nowak Oduya Okafor Olsen "
    "Ortega Osman Pacheco Park Patel Pereira Petrov Pham Pinto Popescu Prasad Quinn Ramos Reid Reyes Ribeiro "
    "Richter Rivera Rojas Romano Rossi Roth Russo Sahin Salazar Sandoval Santos Sato Schmitt Schneider Sharma "
    "Shaw Silva Singh Soto Steiner Suzuki Svensson Takeda Tan Tanaka Torres Vargas Vega Vogel Wagner Walsh Wang "
    "Watanabe Weber Weiss Whitaker Winter Wolf Wong Yamada Yilmaz Zhang Zimmermann"
)

COMPANY_STEMS = _words(
    "Alderway Amberfield Anvilgate Arclight Ashgrove Asterline Atlaspoint Auburnvale Basalt Bayhorn Beaconhill "
    "Bellwether Birchmont Blackwell Bluefern Boldwater Bramble Bridgemoor Brightforge Brookline Calderon Canopy "
    "Capstone Cedarline Cinderpeak Clearbrook Cloudberry Cobaltway Copperleaf Coralstone Cresthaven Crosswind "
    "Dawnridge Deepwell Driftwood Dunmore Eastgate Ebonfield Elmstead Emberline Everlane Fairhaven Falconridge "
    "Fernhollow Fieldstone Firebrand Flintlock Foxglove Frostline Gablewood Glasswing Goldcrest Granitebay "
    "Greystone Grovewell Halcyon Harrowgate Hawkmoor Hazelton Heronsgate Highmark Hollowbrook Ironvale Ivorygate "
    "Jasperline Juniper Kestrel Kingsmere Lakehurst Larkspur Laurelhill Ledgerstone Lightfoot Lindenway Lodestar "
    "Longmeadow Lowland Lynxfield Maplecrest Marbleton Meridian Merrow Millstone Mistral Moonhaven Mossbank "
    "Northvale Nightjar Oakhurst Obsidian Oldbridge Orchardway Osprey Overlook Palisade Pebble Pinnacle Plainview "
    "Polaris Quarry Quillpoint Ravenscar Redfern Ridgeway Riverton Rockport Rosewood Rowanfield Saltmarsh "
    "Sandpiper Seabright Shadowbrook Silverthorn Skylark Slatewood Snowfall Southwick Sparrowhill Springdale "
    "Starling Stonebridge Summerset Sunfield Swiftwater Tallgrass Tamarind Thistledown Thornbury Tidewater "
    "Timberline Trailhead Tremont Twinpeak Umberland Valehart Verdant Waypoint Westbrook Whitecap Wildrose "
    "Willowmere Windmere Wintergreen Wolfden Woodlark Yarrow Yewdale Zephyr"
)

INDUSTRY_ENDINGS = {
    "Software": ("Software", "Systems", "Labs", "Cloud", "Technologies", "Data"),
    "Financial services": ("Capital", "Finance", "Bank", "Insurance", "Payments", "Wealth"),
    "Manufacturing": ("Industries", "Manufacturing", "Robotics", "Components", "Materials", "Works"),
    "Retail": ("Retail", "Outfitters", "Stores", "Market", "Goods", "Brands"),
    "Healthcare": ("Health", "Medical", "Biotech", "Care", "Diagnostics", "Pharma"),
    "Logistics": ("Logistics", "Freight", "Shipping", "Transport", "Supply", "Couriers"),
    "Media": ("Media", "Studios", "Publishing", "Broadcast", "Pictures", "Press"),
    "Professional services": ("Consulting", "Partners", "Advisory", "Legal", "Associates", "Group"),
}

COUNTRIES = {
    "North America": {"United States": 0.84, "Canada": 0.16},
    "EMEA": {
        "United Kingdom": 0.28,
        "Germany": 0.22,
        "France": 0.15,
        "Netherlands": 0.11,
        "Sweden": 0.08,
        "Spain": 0.07,
        "United Arab Emirates": 0.05,
        "South Africa": 0.04,
    },
    "APAC": {"Australia": 0.34, "Singapore": 0.22, "Japan": 0.2, "India": 0.18, "New Zealand": 0.06},
    "LATAM": {"Brazil": 0.46, "Mexico": 0.3, "Chile": 0.13, "Colombia": 0.11},
}

JOB_TITLES = {
    "Sales": (
        "VP Sales",
        "Sales Director",
        "Head of Revenue Operations",
        "Account Manager",
        "Sales Operations Analyst",
    ),
    "Marketing": ("Chief Marketing Officer", "Marketing Director", "Demand Generation Manager", "Marketing Analyst"),
    "Finance": ("Chief Financial Officer", "Finance Director", "Controller", "Financial Analyst"),
    "Technology": ("Chief Technology Officer", "IT Director", "Data Engineer", "Solutions Architect"),
    "Operations": ("Chief Operating Officer", "Operations Director", "Business Analyst", "Project Manager"),
}
