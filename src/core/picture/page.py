"""One HTML page: the picture to move and zoom, settings and records of a stage on a click."""

# ruff: noqa: E501 - the page is one text
import json
from html import escape
from typing import TYPE_CHECKING

from ..flow.credentials import MASK, looks_secret
from ..flow.model import Flow, StageInstance
from ..java import java_string
from ..values import Json, JsonMap, PlainJson, thaw
from .svg import draw

if TYPE_CHECKING:
    from ..preview import Preview

MOST_RECORDS = 50

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{title}</title><style>
body{{margin:0;display:flex;height:100vh;font-family:system-ui,sans-serif;color-scheme:light dark}}
#room{{flex:1;overflow:hidden;cursor:grab;touch-action:none}} #room svg{{width:100%;height:100%}}
#side{{width:24rem;max-width:45vw;overflow:auto;border-left:1px solid #8d96a0;padding:1rem;box-sizing:border-box}}
#side:empty{{display:none}} table{{border-collapse:collapse;font-size:.8rem;width:100%}}
td,th{{border-bottom:1px solid #8d96a055;padding:.25rem;text-align:left;vertical-align:top;word-break:break-word}}
[data-stage]{{cursor:pointer}} h2{{font-size:1rem}} h3{{font-size:.9rem}}
</style></head><body><div id="room">{svg}</div><aside id="side" aria-live="polite"></aside>
<script type="application/json" id="facts">{facts}</script><script>
const facts=JSON.parse(document.getElementById('facts').textContent),svg=document.querySelector('#room svg'),
side=document.getElementById('side'),room=document.getElementById('room');
let box=svg.viewBox.baseVal,view=[box.x,box.y,box.width,box.height],held=null;
const show=()=>svg.setAttribute('viewBox',view.join(' '));
room.addEventListener('wheel',e=>{{e.preventDefault();const f=e.deltaY>0?1.15:1/1.15,r=room.getBoundingClientRect(),
px=view[0]+view[2]*(e.clientX-r.left)/r.width,py=view[1]+view[3]*(e.clientY-r.top)/r.height;
view=[px-(px-view[0])*f,py-(py-view[1])*f,view[2]*f,view[3]*f];show()}},{{passive:false}});
room.addEventListener('pointerdown',e=>{{held=[e.clientX,e.clientY]}});
addEventListener('pointerup',()=>{{held=null}});
addEventListener('pointermove',e=>{{if(!held)return;const r=room.getBoundingClientRect(),k=Math.max(view[2]/r.width,view[3]/r.height);
view[0]-=(e.clientX-held[0])*k;view[1]-=(e.clientY-held[1])*k;held=[e.clientX,e.clientY];show()}});
const add=(to,tag,text)=>{{const made=document.createElement(tag);if(text!==undefined)made.textContent=text;to.append(made);return made}};
const rows=(pairs,head)=>{{const t=add(side,'table');if(head){{const r=add(t,'tr');head.forEach(h=>add(r,'th',h))}}
pairs.forEach(p=>{{const r=add(t,'tr');p.forEach(v=>add(r,'td',v))}})}};
svg.querySelectorAll('[data-stage]').forEach(g=>g.addEventListener('click',()=>{{const f=facts[g.dataset.stage];if(!f)return;
side.textContent='';add(side,'h2',f.label);add(side,'p',f.kind);rows(f.settings);
if(f.records.length){{add(side,'h3','Records');rows(f.records.map(r=>[r]))}}}}));
</script></body></html>
"""


def page(flow: Flow, preview: "Preview | None" = None) -> str:
    """The page as HTML text; it loads nothing and sends nothing. Secrets are masked.

    With a preview, a stage also shows its first records.
    """
    facts = {stage.instance_name: _facts(stage, _records(preview, stage.instance_name)) for stage in _stages(flow)}
    # "<" would let a text end the script element
    text = json.dumps(facts, ensure_ascii=True).replace("<", "\\u003c")
    return _PAGE.format(title=escape(flow.name), svg=draw(flow), facts=text)


def _stages(flow: Flow) -> list[StageInstance]:
    beside = (flow.error_stage, flow.test_origin, *flow.start_stages, *flow.stop_stages)
    return [*flow.stages, *(stage for stage in beside if stage is not None)]


def _facts(stage: StageInstance, records: list[str]) -> dict[str, PlainJson]:
    settings = [
        (name, value)
        for held in (stage.configuration, *(service.configuration for service in stage.services))
        for name, value in held.items()
        if value not in (None, "", ())
    ]
    return {
        "label": stage.label,
        "kind": f"{stage.stage_name} {stage.stage_version} ({stage.library})",
        "settings": [[name, _shown(name, value)] for name, value in settings],
        "records": list[PlainJson](records),
    }


def _shown(name: str, value: Json) -> str:
    plain = thaw(_masked(name, value))
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _masked(name: str, value: Json) -> Json:
    if isinstance(value, str):
        return MASK if value and "${" not in value and looks_secret(name) else value
    if isinstance(value, tuple):
        return tuple(_masked(name, item) for item in value)
    if isinstance(value, JsonMap):
        key = value.get("key")
        spoken = key if isinstance(key, str) else ""
        return JsonMap(
            {inner: _masked(spoken if inner == "value" and spoken else inner, item) for inner, item in value.items()}
        )
    return value


def _records(preview: "Preview | None", instance: str) -> list[str]:
    if preview is None:
        return []
    outputs = [output for batch in preview.batches for output in batch if output.instance_name == instance]
    records = [record for output in outputs for lane in output.lanes.values() for record in lane]
    records = records or [record for output in outputs for record in output.input or ()]
    return [json.dumps(record.value, default=java_string, ensure_ascii=False) for record in records[:MOST_RECORDS]]
