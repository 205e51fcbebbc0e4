"""The page as HTML with places for the picture and the facts: style and script are its own, nothing else is loaded."""

# ruff: noqa: E501 - the page is one text

STYLE = """
:root{color-scheme:SCHEME;background:light-dark(#ffffff,#0d1117);color:light-dark(#1f2328,#f0f6fc)}
body{margin:0;display:flex;height:100vh;font:14px/1.45 system-ui,sans-serif}
#room{flex:1;position:relative;overflow:hidden;min-width:0}
#view{position:absolute;inset:0;cursor:grab;touch-action:none;user-select:none}#view:active{cursor:grabbing}
#view svg{width:100%;height:100%}#view:focus-visible{outline:2px solid #4493f8;outline-offset:-2px}
#tools{position:absolute;left:12px;bottom:12px;display:flex;gap:4px}
#tools button{min-width:32px;height:32px;font:inherit}
#side{width:26rem;max-width:50vw;overflow:auto;border-left:1px solid #8d96a0;padding:14px 16px;box-sizing:border-box}
h1{font-size:1.15rem;margin:0 0 4px}h2{font-size:1rem;margin:0 0 2px}h3{font-size:.9rem;margin:16px 0 4px}
p{margin:2px 0 8px}.dim{opacity:.75}
table{border-collapse:collapse;font-size:.8rem;width:100%}
td,th{border-bottom:1px solid #8d96a055;padding:3px 6px 3px 0;text-align:left;vertical-align:top;overflow-wrap:anywhere;white-space:pre-wrap}
.settings th{width:40%;font-weight:600}.wide{overflow-x:auto}.wide td,.wide th{overflow-wrap:normal;white-space:pre}
.bad{color:light-dark(#cf222e,#f85149)}ul{margin:0;padding-left:1.2em}p,li{overflow-wrap:anywhere}
[data-stage]{cursor:pointer}[data-stage]:focus{outline:none}
#view [data-stage]:focus-visible .box,#view [data-stage][aria-pressed=true] .box{stroke:#4493f8;stroke-width:3}
@media(max-width:40rem){body{flex-direction:column}#side{width:auto;max-width:none;height:45vh;border-left:0;border-top:1px solid #8d96a0}}
"""

SCRIPT = """
'use strict';
const facts=JSON.parse(document.getElementById('facts').textContent);
const room=document.getElementById('view'),svg=room.querySelector('svg'),side=document.getElementById('side');
const whole=['x','y','width','height'].map(k=>svg.viewBox.baseVal[k]);
let view=[...whole],held=null,moved=0;
const show=()=>svg.setAttribute('viewBox',view.map(n=>n.toFixed(2)).join(' '));
const scale=()=>{const r=room.getBoundingClientRect();return Math.max(view[2]/r.width,view[3]/r.height)};
const pan=(dx,dy)=>{view[0]+=dx;view[1]+=dy;show()};
const zoom=(f,x,y)=>{const r=room.getBoundingClientRect(),k=scale(),
 cx=view[0]+view[2]/2+((x??r.left+r.width/2)-r.left-r.width/2)*k,cy=view[1]+view[3]/2+((y??r.top+r.height/2)-r.top-r.height/2)*k;
 if(view[2]*f>whole[2]*20||view[2]*f<20)return;
 view=[cx-(cx-view[0])*f,cy-(cy-view[1])*f,view[2]*f,view[3]*f];show()};
const fit=()=>{view=[...whole];show()};
room.addEventListener('wheel',e=>{e.preventDefault();zoom(e.deltaY>0?1.15:1/1.15,e.clientX,e.clientY)},{passive:false});
room.addEventListener('pointerdown',e=>{held=[e.clientX,e.clientY];moved=0});
addEventListener('pointerup',()=>{held=null});
addEventListener('pointermove',e=>{if(!held)return;const k=scale(),dx=e.clientX-held[0],dy=e.clientY-held[1];
 moved+=Math.abs(dx)+Math.abs(dy);pan(-dx*k,-dy*k);held=[e.clientX,e.clientY]});
const add=(to,tag,text,name)=>{const made=document.createElement(tag);if(text!==undefined)made.textContent=text;if(name)made.className=name;to.append(made);return made};
const pairs=(to,rows)=>{const t=add(to,'table',undefined,'settings');for(const [name,value] of rows){const r=add(t,'tr');add(r,'th',name).scope='row';add(r,'td',value)}};
const part=(title,rows)=>{if(!rows.length)return;add(side,'h3',title);pairs(side,rows)};
const more=(title,rows)=>{if(!rows.length)return;const d=add(side,'details');add(d,'summary',title);pairs(d,rows)};
const issues=list=>{if(!list.length)return;add(side,'h3','Issues');const u=add(side,'ul',undefined,'bad');list.forEach(i=>add(u,'li',i))};
const list=(title,lines)=>{if(!lines.length)return;add(side,'h3',title);const u=add(side,'ul');lines.forEach(l=>add(u,'li',l))};
const table=(title,t)=>{add(side,'h3',title);const d=add(side,'div',undefined,'wide'),made=add(d,'table'),head=add(made,'tr');
 t.columns.forEach(c=>add(head,'th',c).scope='col');t.rows.forEach(row=>{const r=add(made,'tr');row.forEach(v=>add(r,'td',v))});
 if(t.more)add(side,'p',`and ${t.more} more`,'dim')};
const press=name=>svg.querySelectorAll('[data-stage]').forEach(g=>g.setAttribute('aria-pressed',g.dataset.stage===name));
const start=()=>{side.textContent='';press();const f=facts.flow;add(side,'h1',f.name);if(f.description)add(side,'p',f.description);
 add(side,'p',f.words,'dim');issues(f.issues);part('Parameters',f.parameters);part('Settings',f.settings);more('All settings',f.every);
 add(side,'p','Click a stage, or reach it with Tab and press Enter. Arrows move the picture, + and - zoom, 0 shows all of it.','dim')};
const open=name=>{const f=facts.stages[name];if(!f)return;side.textContent='';press(name);add(side,'h2',f.label);
 add(side,'p',f.kind);add(side,'p',f.place,'dim');issues(f.issues);list('Goes to',f.to);f.tables.forEach(([title,t])=>table(title,t));
 part('Settings',f.settings);more('All settings',f.every);
 const b=add(add(side,'p'),'button','Back to the flow');b.onclick=start;side.scrollTop=0};
svg.querySelectorAll('[data-stage]').forEach(g=>{const f=facts.stages[g.dataset.stage];if(!f)return;
 g.tabIndex=0;g.setAttribute('role','button');g.setAttribute('aria-label',`${f.label}, ${f.kind}`);g.setAttribute('aria-pressed',false);
 g.addEventListener('click',()=>{if(moved<6)open(g.dataset.stage)});
 g.addEventListener('focus',()=>{if(!g.matches(':focus-visible'))return;const b=g.getBoundingClientRect(),r=room.getBoundingClientRect(),k=scale(),
  dx=b.left<r.left?b.left-r.left-20:b.right>r.right?b.right-r.right+20:0,dy=b.top<r.top?b.top-r.top-20:b.bottom>r.bottom?b.bottom-r.bottom+20:0;
  if(dx||dy)pan(dx*k,dy*k)});
 g.addEventListener('keydown',e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();e.stopPropagation();open(g.dataset.stage)}})});
svg.removeAttribute('role');
const keys={ArrowLeft:()=>pan(-view[2]/10,0),ArrowRight:()=>pan(view[2]/10,0),ArrowUp:()=>pan(0,-view[3]/10),ArrowDown:()=>pan(0,view[3]/10),
 '+':()=>zoom(1/1.2),'=':()=>zoom(1/1.2),'-':()=>zoom(1.2),'0':fit,Escape:start};
addEventListener('keydown',e=>{if(e.ctrlKey||e.metaKey||e.altKey||(side.contains(e.target)&&e.key!=='Escape'))return;
 const act=keys[e.key];if(act){e.preventDefault();act()}});
document.getElementById('in').onclick=()=>zoom(1/1.2);document.getElementById('out').onclick=()=>zoom(1.2);document.getElementById('fit').onclick=fit;
start();
"""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head>
<body><main id="room"><div id="view" tabindex="0" role="group" aria-label="Picture of the flow; arrows move it, + and - zoom">{svg}</div>
<div id="tools"><button id="in" aria-label="Zoom in">+</button><button id="out" aria-label="Zoom out">&minus;</button><button id="fit">All</button></div></main>
<aside id="side" aria-live="polite" aria-label="Details"></aside>
<script type="application/json" id="facts">{facts}</script><script>{script}</script></body></html>
"""
