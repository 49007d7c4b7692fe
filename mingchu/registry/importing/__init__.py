"""Lists of businesses come in 批量建档: new ones enrolled, known ones brought up to date, all of it
undone.

A business is known by its code, by its licence, or, having neither, by name and address; several
rows of one code are several licences of one business. An empty cell says nothing. What a person
corrected after the day up to which a list knows is kept. A number that only fails its check comes
in and is marked for a look at the document; what is wrong keeps its row out.
"""

from mingchu.registry.importing.areas import Areas
from mingchu.registry.importing.importer import Businesses

__all__ = ["Areas", "Businesses"]
