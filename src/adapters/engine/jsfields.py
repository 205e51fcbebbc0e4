"""Fields with types and records by path, as JavaScript of the script's own engine: ``sdcRecord`` and ``Field``; and the
verbs of Java that maps, lists and texts had in the engine that scripts were written for."""

import json

from ...core.records.values import FieldType

KINDS = [kind.name for kind in FieldType if kind is not FieldType.FILE_REF]
FIELDS = """
var Java, __Typed, __SdcRecord, __File, __withVerbs;
(function () {
  function Typed(type, held, notes) { this.type = type; this.held = held; this.notes = notes || {}; }
  Typed.prototype = {
    getType: function () { return this.type; },
    getValue: function () { return this.held; },
    getAttributes: function () { return this.notes; },
    getAttribute: function (name) { return name in this.notes ? this.notes[name] : null; },
    setAttribute: function (name, text) { this.notes[name] = String(text); },
    deleteAttribute: function (name) { delete this.notes[name]; }
  };
  var Field = {Type: {}, create: function (type, held) {
    return arguments.length === 1 ? new Typed(null, type) : new Typed(type, held); }};
  __KINDS__.forEach(function (name) { Field.Type[name] = name; });
  Java = {type: function (name) {
    if (name !== "com.streamsets.pipeline.api.Field") throw new Error("there is no Java class " + name);
    return Field; }};
  function steps(path) { return path.split(/[\\/\\[\\]]/).filter(function (name) { return name !== ""; }); }
  function SdcRecord(record) { this.record = record; }
  SdcRecord.prototype = {
    _parent: function (path) {
      return steps(path).slice(0, -1).reduce(function (at, name) {
        at = at instanceof Typed ? at.held : at; return at == null ? at : at[name]; }, this.record.value); },
    has: function (path) {
      var names = steps(path), at = this._parent(path);
      return !names.length || at != null && names[names.length - 1] in at; },
    get: function (path) {
      path = path || "";
      if (!this.has(path)) return null;
      var names = steps(path), notes = this.record.notes;
      var held = names.length ? this._parent(path)[names[names.length - 1]] : this.record.value;
      notes[path] = notes[path] || {};
      return held instanceof Typed ? new Typed(held.type, held.held, notes[path]) : new Typed(null, held, notes[path]);
    },
    set: function (path, field) {
      if (arguments.length === 1) { this.record.value = path; return; }
      var names = steps(path), at = this._parent(path);
      if (at == null) throw new Error("field path " + path + " is not reachable");
      at[names[names.length - 1]] = field;
      this.record.notes[path] = field.notes; },
    delete: function (path) {
      var names = steps(path), gone = this.get(path);
      if (gone !== null) { delete this._parent(path)[names[names.length - 1]]; delete this.record.notes[path]; }
      return gone; }
  };
  function File(number, bytes) { this.number = number; this._bytes = bytes; }
  File.prototype.getInputStream = function () {
    var bytes = this._bytes, at = 0;
    if (bytes === null) throw new Error("the file is too large for a script");
    return {read: function () { return at < bytes.length ? bytes.charCodeAt(at++) : -1; }, close: function () {}};
  };
  __Typed = Typed; __SdcRecord = SdcRecord; __File = File;
  function java(kind, verbs) {
    Object.keys(verbs).forEach(function (name) {
      Object.defineProperty(kind.prototype, name, {value: verbs[name], writable: true, configurable: true}); }); }
  var maps = {
    put: function (name, held) { var old = this[name]; this[name] = held; return old; },
    remove: function (name) { var old = this[name]; delete this[name]; return old; },
    containsKey: function (name) { return Object.prototype.hasOwnProperty.call(this, name); },
    keySet: function () { return Object.keys(this); }
  };
  java(Object, maps);
  __withVerbs = function (held) {
    Object.keys(maps).filter(function (verb) { return maps.containsKey.call(held, verb); }).forEach(function (verb) {
      var text = held[verb];
      held[verb] = function () { return maps[verb].apply(held, arguments); };
      held[verb].$text = text;
      held[verb].toString = function () { return text; }; });
    return held; };
  java(Array, {
    add: function (held) { this.push(held); return true; },
    size: function () { return this.length; }
  });
  java(String, {
    contains: function (text) { return this.indexOf(text) >= 0; },
    equals: function (text) { return String(this) === String(text); },
    equalsIgnoreCase: function (text) { return this.toLowerCase() === String(text).toLowerCase(); },
    isEmpty: function () { return this.length === 0; },
    matches: function (pattern) { return new RegExp("^(?:" + pattern + ")$").test(this); }
  });
})();
""".replace("__KINDS__", json.dumps(KINDS))
