"""Pre-training from the texts of a shop to a model in the registry, in a run that can be gone on with."""

import copy
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import torch

from shangsou.encoding.registry import RegisteredModel
from shangsou.settings import Settings
from training.encoder.base_weights import BaseEncoder, check_tokenizer, open_base
from training.encoder.devices import guarded_training, open_device, precision_of_run, surroundings
from training.encoder.export import export_model
from training.encoder.installing import check_not_installed, install_encoder, installed_model, trained_card
from training.encoder.options import Resources
from training.encoder.run_folder import RunFolder
from training.pretraining.batches import plan_batches
from training.pretraining.fills import check_template, fill
from training.pretraining.network import MaskedLanguageModel
from training.pretraining.options import PretrainingOptions
from training.pretraining.pretraining_page import pretraining_page
from training.pretraining.texts import PretrainingTexts, ShopTexts, hold_out
from training.pretraining.train import Point, Task, train
from training.pretraining.vocabulary import add_words, choose_shop_words
from training.pretraining.word_masks import TokenizedTexts, token_range, tokenize

# For asking whether the tokenizer knows the language, and for comparing exported vectors with trained ones.
_MAX_TITLES_FOR_TOKENIZER, _EXPORT_TITLES = 2_000, 64
_A_BASE = (
    "It is a base for `train encoder --base`: how well it finds products was not measured, and its vectors "
    "are no better before that."
)


@dataclass(frozen=True, slots=True)
class Pretrained:
    """What pre-training came to."""

    steps: int
    texts: int
    """That were learned from."""
    held_out: int
    """Titles that were not."""
    words: int
    """Of the shop, that joined the vocabulary."""
    perplexity_before: float
    """Of masked words in titles held out, after the warm-up: the head has learned, and the encoder not."""
    perplexity: float
    fills: Mapping[str, Mapping[str, Sequence[tuple[str, float]]]]
    """By text, `before` and `after`: what fills its masks, with the probability."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to train, and on what."""

    name: str
    """Of the run, and of the model that comes of it."""
    base: str
    options: PretrainingOptions
    resources: Resources
    templates: Sequence[str]
    """Texts with masks to fill."""


def pretrain(
    request: Request, texts: ShopTexts, settings: Settings, log: Callable[[str], None]
) -> tuple[Pretrained, RegisteredModel]:
    """Train a run to its end, from where it was interrupted, and install what comes of it.

    Raises
    ------
    UnusableInput
        There are too few products, the base cannot be used, the name is taken, the run was begun otherwise,
        or a text to fill has no mask.
    WeightsUnavailable
        The weights of the base are not in the home.
    TrainingFailed
        Memory runs out, the disk is full, the device fails. What was trained is kept.
    """
    resources = request.resources
    run = RunFolder(settings.home, request.name)
    divided = hold_out(texts, seed=request.options.seed)
    with run.locked():
        torch.set_num_threads(resources.threads)
        device = open_device(resources.device)
        precision = precision_of_run(request.options.precision, device, run)
        request = replace(request, options=replace(request.options, precision=precision))
        result = run.read_result(Pretrained)
        if result is None:
            check_not_installed(settings.home, request.name)
        base = open_base(request.base, settings)
        check_tokenizer(base, divided.titles[:_MAX_TITLES_FOR_TOKENIZER])
        for template in request.templates:
            check_template(template, base.model.tokenizer, base.max_tokens)
        parameters = _parameters(request, base, divided)
        run.begin(parameters, surroundings(device, resources))
        model = installed_model(settings.home, request.name)
        if result is not None and model is not None:
            log(f"the run {run.name} is complete already; choose another --out-name to train once more")
            return result, model
        with guarded_training(run, resources, request.options.batch_size, device, log):
            base.model.to(device)
            result = _train(base, divided, texts, request, run, parameters, log)
        run.write_result(result)
        return result, _install(base, divided, texts, result, run, settings, parameters)


def _train(  # noqa: PLR0913, PLR0917 - what was opened, and where to write
    base: BaseEncoder,
    divided: PretrainingTexts,
    texts: ShopTexts,
    request: Request,
    run: RunFolder,
    parameters: Mapping[str, object],
    log: Callable[[str], None],
) -> Pretrained:
    """Train the weights of a base, in place."""
    options, tokenizer = request.options, base.model.tokenizer
    bert = base.model[0].auto_model
    untrained = copy.deepcopy(bert)
    learned = divided.learned
    words = choose_shop_words(learned, tokenizer, texts.segmenter, most=options.words)

    def tokens_of(some: Sequence[str]) -> TokenizedTexts:
        return tokenize(some, tokenizer, texts.segmenter, max_tokens=base.max_tokens)

    read_by_base = read = tokens_of(learned)
    if words:
        add_words(bert, tokenizer, words)
        read = tokens_of(learned)
    batches = plan_batches(
        [len(one) for one in read.tokens],
        batch_size=options.batch_size,
        epochs=options.epochs,
        seed=options.seed,
    )
    task = Task(read, read_by_base, tokens_of(divided.held_out), batches, token_range(tokenizer), options)
    log(
        f"{len(divided.titles):,} titles, {len(divided.descriptions):,} descriptions, "
        f"{len(divided.queries):,} queries: {task.steps:,} steps, of which {task.warm_up:,} warm "
        f"up the heads; {len(task.held_out):,} titles held out, {len(words):,} words of the shop"
    )
    torch.manual_seed(options.seed)
    model = MaskedLanguageModel(bert, base.pooling).to(base.model.device)

    def fills() -> dict[str, list[tuple[str, float]]]:
        return {
            template: [(one.words, round(one.probability, 4)) for one in fill(model, tokenizer, template)]
            for template in request.templates
        }

    def after_evaluation() -> None:
        if run.metrics(Point)[-1].step == task.warm_up:
            run.write("fills.json", fills())
        run.write_text("curves.html", pretraining_page(request.name, run.metrics(Point), parameters, None))

    train(model, untrained, task, request.resources, run, log=log, after_evaluation=after_evaluation)
    points = run.metrics(Point)
    before = next(point for point in points if point.step >= task.warm_up)
    begun, ended = run.read("fills.json") or {}, fills()
    result = Pretrained(
        points[-1].step,
        len(task.texts),
        len(task.held_out),
        len(words),
        round(before.perplexity, 2),
        round(points[-1].perplexity, 2),
        {name: {"before": begun.get(name, []), "after": ended[name]} for name in request.templates},
    )
    run.write_text("curves.html", pretraining_page(request.name, points, parameters, result))
    return result


def _install(  # noqa: PLR0913, PLR0917 - what was trained, and where it goes
    base: BaseEncoder,
    divided: PretrainingTexts,
    texts: ShopTexts,
    result: Pretrained,
    run: RunFolder,
    settings: Settings,
    parameters: Mapping[str, object],
) -> RegisteredModel:
    base.model.to("cpu")
    files = export_model(base, run.export, divided.held_out[:_EXPORT_TITLES])
    card = trained_card(
        base.name,
        base.model_hash,
        data={
            "titles": len(divided.titles),
            "descriptions": len(divided.descriptions),
            "queries": len(divided.queries),
            "words of the shop": result.words,
        },
        events=texts.events,
        parameters=parameters,
        figures={
            "perplexity of masked words before": result.perplexity_before,
            "perplexity of masked words": result.perplexity,
            "steps": result.steps,
        },
        limits=(_A_BASE,),
        pairs_hash=texts.pairs_hash,
        run=run,
        home=settings.home,
    )
    model = install_encoder(files, card, texts.judging, run.name, settings)
    shutil.rmtree(run.export, ignore_errors=True)
    return model


def _parameters(request: Request, base: BaseEncoder, divided: PretrainingTexts) -> dict[str, object]:
    return {
        "base": base.name,
        "base_hash": base.model_hash,
        "texts_hash": divided.hash,
        "fill": list(request.templates),
        **asdict(request.options),
    }
