"""The entity sets of the service, and its `$metadata` (OData CSDL 4.01, XML representation)."""

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

NAMESPACE = "TungNha"
_CAPABILITIES = "Org.OData.Capabilities.V1"
_VOCABULARY = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml"


@dataclass(frozen=True)
class Property:
    """A property of an entity: its name, its type without *Edm.*, and whether it may be null."""

    name: str
    type: str
    is_nullable: bool = False


@dataclass(frozen=True)
class EntitySet:
    """An entity set; its first property is the key."""

    name: str
    entity: str
    properties: tuple[Property, ...]

    def find(self, name: str) -> Property | None:
        """The property of this name."""
        return next((one for one in self.properties if one.name == name), None)


_REPORT = (
    Property("Commune", "String"),
    Property("CommuneName", "String"),
    Property("Period", "String"),
    Property("Kind", "String"),
    Property("First", "Date"),
    Property("Last", "Date"),
    Property("ClosedAt", "DateTimeOffset"),
)
COMMUNES = EntitySet(
    "Communes",
    "Commune",
    (Property("Code", "String"), Property("Name", "String"), Property("Province", "String")),
)
REPORTS = EntitySet("Reports", "Report", (Property("Id", "String"), *_REPORT))
FIGURES = EntitySet(
    "Figures",
    "Figure",
    (
        Property("Id", "String"),
        *_REPORT,
        Property("Code", "String"),
        Property("Heading", "String"),
        Property("Count", "Int64", is_nullable=True),
    ),
)
ENTITY_SETS = {one.name: one for one in (COMMUNES, REPORTS, FIGURES)}


def metadata() -> str:
    """The document `$metadata`."""
    types = "".join(_entity_type(one) for one in ENTITY_SETS.values())
    sets = "".join(_entity_set(one) for one in ENTITY_SETS.values())
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">'
        f'<edmx:Reference Uri="{_VOCABULARY}">'
        f'<edmx:Include Namespace="{_CAPABILITIES}" Alias="Capabilities"/></edmx:Reference>'
        "<edmx:DataServices>"
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{NAMESPACE}">'
        f'{types}<EntityContainer Name="Container">{sets}</EntityContainer></Schema>'
        "</edmx:DataServices></edmx:Edmx>"
    )


def _entity_type(entity_set: EntitySet) -> str:
    key = entity_set.properties[0].name
    properties = "".join(
        f"<Property Name={quoteattr(one.name)} Type={quoteattr('Edm.' + one.type)}"
        f' Nullable="{str(one.is_nullable).lower()}"{_PRECISION.get(one.type, "")}/>'
        for one in entity_set.properties
    )
    return (
        f'<EntityType Name="{entity_set.entity}"><Key><PropertyRef Name="{key}"/></Key>'
        f"{properties}</EntityType>"
    )


def _entity_set(entity_set: EntitySet) -> str:
    """With what it does not do, so that a client does it itself."""
    switches = "".join(
        f'<Annotation Term="Capabilities.{term}" Bool="{value}"/>'
        for term, value in (("TopSupported", "true"), ("SkipSupported", "false"))
    )
    records = "".join(
        f'<Annotation Term="Capabilities.{term}"><Record>'
        f'<PropertyValue Property="{name}" Bool="{value}"/></Record></Annotation>'
        for term, name, value in _RESTRICTIONS
    )
    return (
        f'<EntitySet Name="{entity_set.name}" EntityType="{NAMESPACE}.{entity_set.entity}">'
        f"{switches}{records}</EntitySet>"
    )


_PRECISION = {"DateTimeOffset": ' Precision="0"'}
_RESTRICTIONS = (
    ("SortRestrictions", "Sortable", "false"),
    ("ExpandRestrictions", "Expandable", "false"),
    ("SearchRestrictions", "Searchable", "false"),
    ("InsertRestrictions", "Insertable", "false"),
    ("UpdateRestrictions", "Updatable", "false"),
    ("DeleteRestrictions", "Deletable", "false"),
    ("CountRestrictions", "Countable", "true"),
    ("FilterRestrictions", "Filterable", "true"),
)
