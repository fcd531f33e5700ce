"use strict";
(function () {
  var all = function (query, inside) {
    return Array.prototype.slice.call((inside || document).querySelectorAll(query));
  };
  var byId = function (id) { return document.getElementById(id); };

  // Filters: a finding is shown when all chosen values fit.
  var bar = byId("filters");
  if (bar) {
    bar.hidden = false;
    var apply = function () {
      var severity = byId("by-severity").value;
      var topic = byId("by-topic").value;
      var word = byId("by-word").value.trim().toLowerCase();
      all("article.finding").forEach(function (item) {
        var fits = (!severity || item.dataset.severity === severity) &&
          (!topic || item.dataset.topic === topic) &&
          (!word || item.textContent.toLowerCase().indexOf(word) >= 0);
        item.hidden = !fits;
      });
      var filtered = Boolean(severity || topic || word);
      all("details.call").forEach(function (call) {
        var left = all("article.finding:not([hidden])", call).length;
        call.hidden = left === 0 && filtered;
        if (filtered && left) { call.open = true; }
      });
      all("details.agent").forEach(function (agent) {
        var left = all("details.call:not([hidden])", agent).length;
        agent.hidden = left === 0 && filtered;
        if (filtered && left) { agent.open = true; }
      });
      byId("nothing-fits").hidden = all("article.finding:not([hidden])").length > 0;
    };
    ["by-severity", "by-topic", "by-word"].forEach(function (id) {
      byId(id).addEventListener("input", apply);
    });
    byId("open-all").addEventListener("click", function () {
      all("details").forEach(function (item) { item.open = true; });
    });
    byId("close-all").addEventListener("click", function () {
      all("details").forEach(function (item) { item.open = false; });
    });
  }

  // Following a link opens what it leads to.
  var reveal = function () {
    var id = decodeURIComponent(location.hash.slice(1));
    var target = id && byId(id);
    if (!target) { return; }
    for (var up = target; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") { up.open = true; }
      up.hidden = false;
    }
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  reveal();

  // A second plays in the call's own player instead of leaving the page.
  all("a[data-player]").forEach(function (link) {
    link.addEventListener("click", function (event) {
      var player = byId(link.dataset.player);
      if (!player) { return; }
      event.preventDefault();
      var stop = Number(link.dataset.end);
      var seek = function () {
        player.currentTime = Math.max(0, Number(link.dataset.start) - 1);
        player.play();
      };
      player.ontimeupdate = function () {
        if (player.currentTime > stop + 1) { player.pause(); player.ontimeupdate = null; }
      };
      if (player.readyState > 0) { seek(); } else {
        player.addEventListener("loadedmetadata", seek, { once: true });
        player.load();
      }
    });
  });

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = all("details:not([open])");
    closed.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (item) { item.open = false; });
  });
}());
