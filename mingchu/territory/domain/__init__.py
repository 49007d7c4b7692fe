"""The pure core: quarters, levels by facts, and who of several cadres a business falls to."""
