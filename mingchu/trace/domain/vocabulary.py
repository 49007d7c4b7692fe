"""Core Business Vocabulary 2.0: each standard word in its three spellings.

JSON says a short name (`shipping`), EPCIS 1.2 a URN (`urn:epcglobal:cbv:bizstep:shipping`), the web
an address (`https://ref.gs1.org/cbv/BizStep-shipping`). Which words there are is a fact of CBV 2.0;
measurement types come from the GS1 Web Vocabulary, which later releases lengthened.
"""

from __future__ import annotations

from typing import NamedTuple

CBV = "https://ref.gs1.org/cbv/"
CBV_URN = "urn:epcglobal:cbv:"
# CBV 2.0 names this address; later drafts moved to https://ref.gs1.org/voc/.
VOC = "https://gs1.org/voc/"


class Vocabulary(NamedTuple):
    """A closed list of words and what stands before them; `urn` is empty where none was given."""

    words: frozenset[str]
    web: str
    urn: str = ""

    def to_web(self, short: str) -> str:
        """A short name as web address; what is no word of this list comes back unchanged.

        >>> BIZ_STEPS.to_web("shipping")
        'https://ref.gs1.org/cbv/BizStep-shipping'
        """
        return self.web + short if short in self.words else short

    def to_short(self, text: str) -> str:
        """Any spelling as short name; foreign addresses come back unchanged.

        >>> BIZ_STEPS.to_short("urn:epcglobal:cbv:bizstep:shipping")
        'shipping'
        """
        for start in filter(None, (self.web, self.urn)):
            short = text.removeprefix(start)
            if short in self.words:
                return short
        return text

    def to_urn(self, text: str) -> str:
        """Any spelling as EPCIS 1.2 wrote it, or unchanged where 1.2 had no word.

        >>> BIZ_STEPS.to_urn("shipping"), COMPONENTS.to_urn("x")
        ('urn:epcglobal:cbv:bizstep:shipping', 'x')
        """
        short = self.to_short(text)
        return self.urn + short if self.urn and short in self.words else text


def _cbv(web: str, urn: str, words: str) -> Vocabulary:
    return Vocabulary(frozenset(words.split()), CBV + web, CBV_URN + urn if urn else "")


def _voc(words: str, later: str = "") -> Vocabulary:
    return Vocabulary(frozenset((*words.split(), *later.split())), VOC)


BIZ_STEPS = _cbv(
    "BizStep-",
    "bizstep:",
    """accepting arriving assembling collecting commissioning consigning creating_class_instance
    cycle_counting decommissioning departing destroying disassembling dispensing encoding
    entering_exiting holding inspecting installing killing loading other packing picking receiving
    removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting
    shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
    void_shipping""",
)
DISPOSITIONS = _cbv(
    "Disp-",
    "disp:",
    """active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement no_pedigree_match
    non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned
    sellable_accessible sellable_not_accessible stolen unavailable unknown""",
)
BIZ_TRANSACTIONS = _cbv(
    "BTT-", "btt:", "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
)
SOURCE_DESTINATIONS = _cbv("SDT-", "sdt:", "location owning_party possessing_party")
ERROR_REASONS = _cbv("ER-", "er:", "did_not_occur incorrect_data")
COMPONENTS = _cbv(
    "Comp-",
    "",
    """altitude axial_distance azimuth easting elevation_angle height latitude longitude northing
    polar_angle spherical_radius x y z""",
)
MEASUREMENTS = _voc(
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity
    Area Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent
    DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity
    ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance Irradiance
    KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity
    MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration
    MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass
    MolarVolume Power Pressure RadiantFlux RadiantIntensity Radioactivity RelativeHumidity
    Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension
    Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux
    Wavenumber""",
    # In the GS1 Web Vocabulary and its examples, though not in the first EPCIS 2.0 schema.
    "EffectiveDose EffectiveDoseRate",
)
ALERTS = _voc("ALARM_CONDITION ERROR_CONDITION")

ALL = (
    BIZ_STEPS,
    DISPOSITIONS,
    BIZ_TRANSACTIONS,
    SOURCE_DESTINATIONS,
    ERROR_REASONS,
    COMPONENTS,
    MEASUREMENTS,
    ALERTS,
)
# Everything before the last ':' of a CBV URN → what it is on the web.
_FROM_URN = {one.urn: one.web for one in ALL if one.urn}


def web_of_urn(text: str) -> str:
    """A CBV URN of any list as web address; anything else unchanged (`…:bt:…` names a document).

    >>> web_of_urn("urn:epcglobal:cbv:btt:po"), web_of_urn("urn:epcglobal:cbv:bt:061414:1")
    ('https://ref.gs1.org/cbv/BTT-po', 'urn:epcglobal:cbv:bt:061414:1')
    """
    end = text.find(":", len(CBV_URN)) + 1
    web = _FROM_URN.get(text[:end])
    return web + text[end:] if web else text
