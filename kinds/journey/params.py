"""What a journey job takes: a journey, or its recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from jobs.errors import BadParams
from jobs.journey import Recipe
from jobs.params import Need
from jobs.route import on_beats
from kinds.blend.shape import is_known, unlike
from kinds.journey.named import OfJourney
from kinds.upscale.known import OWN, REAL_ESRGAN, enlarger_id, has_real_esrgan, mixed

COMPOSER = "reverie"
SILENT = ("gif", "frames")  # forms without sound
MOST_GIF = 1500  # frames of a GIF: all of them are held to find its colours


class JourneyParams(OfJourney):
    """Make a film that goes from keyframe to keyframe of a journey."""

    label: ClassVar[str] = "Make a film of a journey"

    kind: Literal["journey"] = "journey"

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Give itself, once it is certain that a film can be made of it.

        Raises: BadParams, for fewer than two keyframes, models that do not go together, or what is not there.
        """
        super().resolved(facts)
        recipe = self.whole
        if len(recipe.keyframes) < 2:
            raise BadParams(
                f"the journey has {len(recipe.keyframes)} keyframes, and a film goes from one to another",
                pointer="#/recipe/keyframes",
                remedy="Give it two or more.",
            )
        self._check_models(facts)
        _check_music(recipe, facts.get("soundtrack", {}))
        _check_composer(recipe)
        recipe = _enlarged(recipe)
        if recipe.form == "gif" and recipe.frames > MOST_GIF:
            raise BadParams(
                f"a GIF of {recipe.frames:,} frames is larger than what anybody opens; it has at most {MOST_GIF:,}",
                pointer="#/recipe/form",
                remedy="Make it shorter, with fewer frames a second, or choose mp4 or webm.",
            )
        heard = facts.get("soundtrack", {})
        return self.model_copy(update={"recipe": on_beats(recipe, beats=heard.get("beats"), bars=heard.get("bars"))})

    def needs(self) -> Mapping[str, Need]:
        """Name the models' folders, directions that places go along, the music or who makes it, what enlarges, and what
        there is of the film."""
        if self.recipe is None or not self.recipe.keyframes:
            return {}
        first, *others = self.recipe.model_ids
        needs = {"model": Need(type="model", id=first), "film": Need(type="film", id=first)}
        if self.recipe.soundtrack is not None:
            needs["soundtrack"] = Need(type="soundtrack", id=self.recipe.soundtrack.id)
        if self.recipe.compose is not None and self.recipe.compose.with_ != COMPOSER:
            needs["composer"] = Need(type="composer", id=first)
        if self.recipe.upscale is not None and self.recipe.upscale.with_ not in OWN:
            needs["enlarger"] = Need(type="enlarger", id=enlarger_id(self.recipe.upscale.with_))
        needs |= {f"model {id}": Need(type="model", id=id) for id in others}
        return needs | {f"direction {id}": Need(type="direction", id=id) for id in sorted(self.recipe.directions)}

    def _check_models(self, facts: Mapping[str, Any]) -> None:
        """Refuse models whose latents, or shown pictures, are not of one form. Raises: BadParams."""
        first, *others = self.whole.model_ids
        one = facts["model"]
        for number, keyframe in enumerate(self.whole.keyframes):
            _check_label(
                facts["model" if keyframe.model_id == first else f"model {keyframe.model_id}"], keyframe, number
            )
        for other_id in others:
            other = facts[f"model {other_id}"]
            where = [number for number, keyframe in enumerate(self.whole.keyframes) if keyframe.model_id == other_id]
            pointer = f"#/recipe/keyframes/{where[0]}/model_id"
            mine, theirs = one.get("architecture") or {}, other.get("architecture") or {}
            why = None
            if not (is_known(mine) and is_known(theirs)):
                why = "nothing is known of the layers of one of them"
            elif (found := unlike(mine, theirs, mapping=True)) is not None:
                why = found
            elif not set(one["line"]) & set(other["line"]):
                why = "they have no common origin, so between their weights lies nothing but noise"
            elif one.get("frame") != other.get("frame"):
                why = "their pictures are of different shapes"
            if why is not None:
                raise BadParams(
                    f"a film cannot go from one of these models to the other: {why}",
                    pointer=pointer,
                    remedy="Choose one model, or moments of trainings that began with the same base.",
                )


def _check_label(model: Mapping[str, Any], keyframe: Any, number: int) -> None:
    labels = int((model.get("architecture") or {}).get("c_dim") or 0)
    label = keyframe.point.class_label
    if label is not None and label >= labels:
        known = f"it knows the labels 0 to {labels - 1}" if labels else "it knows no labels"
        raise BadParams(
            f"class_label of keyframe {number + 1} is {label}, and {known}",
            pointer=f"#/recipe/keyframes/{number}/point/class_label",
            remedy="Leave it out, or choose a model that was trained on labels.",
        )


def _check_music(recipe: Recipe, heard: Mapping[str, Any]) -> None:
    """Refuse music that the film cannot go with. Raises: BadParams."""
    music, compose = recipe.soundtrack, recipe.compose
    if music is not None and compose is not None:
        raise BadParams(
            "the film has a soundtrack, and another is to be composed",
            pointer="#/recipe/compose",
            remedy="Give one of both.",
        )
    if compose is not None and recipe.form in SILENT:
        raise BadParams(
            f"a film of the form {recipe.form} has no sound, and music is to be composed",
            pointer="#/recipe/compose",
            remedy="Leave it out, or choose mp4 or webm.",
        )
    if music is None:
        return
    if music.from_s >= float(heard.get("duration_s") or 0):
        raise BadParams(
            f"the film begins {music.from_s:g} s into the music, which lasts {heard.get('duration_s') or 0:g} s",
            pointer="#/recipe/soundtrack/from_s",
            remedy="Begin earlier in it.",
        )
    if music.snap != "none" and not heard.get(music.snap):
        raise BadParams(
            f"no {music.snap} were found in this music",
            pointer="#/recipe/soundtrack/snap",
            remedy="Choose none, and place the keyframes by hand.",
        )


def _check_composer(recipe: Recipe) -> None:
    """Refuse words for a composer that reads none. Raises: BadParams."""
    if recipe.compose is not None and recipe.compose.with_ == COMPOSER and recipe.compose.prompt is not None:
        raise BadParams(
            f"{COMPOSER} composes from what the film shows, and reads no words",
            pointer="#/recipe/compose/prompt",
            remedy="Leave them out, or name a composer of yours that reads them.",
        )


def _enlarged(recipe: Recipe) -> Recipe:
    """Fill how much is made up. Raises: BadParams, for a network that is not there, or detail of Lanczos."""
    upscale = recipe.upscale
    if upscale is None:
        return recipe
    if upscale.with_ == REAL_ESRGAN and not has_real_esrgan():
        raise BadParams(
            "the weights of Real-ESRGAN are not installed",
            pointer="#/recipe/upscale/with",
            remedy="Give lanczos, or the recipe without upscale.",
        )
    mix = mixed(upscale.with_, upscale.detail, upscale.faithful, pointer="#/recipe/upscale")
    return recipe.model_copy(update={"upscale": upscale.model_copy(update=mix)})
