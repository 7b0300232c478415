"""Fields that read what people type here, and the renderer that gives every form our look."""

from kontor.kernel.forms.drawing import DrawingField, Drawn
from kontor.kernel.forms.fields import AmountField, ChoiceWithHint, DayField, MomentField
from kontor.kernel.forms.rendering import Renderer

__all__ = ["AmountField", "ChoiceWithHint", "DayField", "DrawingField", "Drawn", "MomentField", "Renderer"]
