"use strict";
// The player: the browser's own <video>, stepped by its beats.
{
  const PREFERS_DARK = matchMedia("(prefers-color-scheme: dark)");
  const CONTROLS = 80; // pixels at the bottom, at most
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const players = new Map();
  let latest = null;
  let lastKeyWasTab = false;

  const currentTheme = () => root.dataset.theme || (PREFERS_DARK.matches ? "dark" : "light");

  function choosePictures() {
    for (const source of document.querySelectorAll("picture source")) {
      source.media = source.dataset.theme === currentTheme() ? source.dataset.size : "not all";
    }
  }

  class Player {
    constructor(figure) {
      this.figure = figure;
      this.video = figure.querySelector("video");
      this.frame = 1 / Number(figure.dataset.frameRate);
      this.links = [...figure.querySelectorAll(".beats a")];
      this.beats = this.links.map(beatOf);
      this.stops = this.beats.flatMap(stopsOf).slice(0, -1);
      this.current = -1;
      this.lecturing = false;
      this.halted = null; // the stop that the lecture waits at
      this.resume = null; // what to go on with once a new file is open
      this.offer();
      this.listen();
      this.showPoster();
      this.update();
      if (asked.get("mode") === "lecture") this.setLecture(true);
    }

    get time() {
      return this.resume ? this.resume.time : this.video.currentTime;
    }

    part(name) {
      return this.figure.querySelector(`[data-part="${name}"]`);
    }

    offer() {
      this.part("bar").hidden = false;
      this.part("previous").addEventListener("click", () => this.previous());
      this.part("next").addEventListener("click", () => this.next());
      this.part("lecture").addEventListener("click", () => this.setLecture(!this.lecturing));
      this.part("full").addEventListener("click", () => this.toggleFull());
      this.links.forEach((link, index) =>
        link.addEventListener("click", (event) => {
          event.preventDefault();
          this.go(this.beats[index].start);
        }),
      );
    }

    listen() {
      const on = (name, action) => this.video.addEventListener(name, action);
      for (const name of ["timeupdate", "seeking", "seeked", "play", "pause", "ended"]) {
        on(name, () => this.update());
      }
      on("loadedmetadata", () => this.opened());
      on("play", () => this.played());
      on("seeking", () => this.sought());
      on("timeupdate", () => this.watch());
      this.video.addEventListener("click", (event) => {
        if (this.lecturing) this.next();
        else if (event.offsetY < this.video.clientHeight - CONTROLS) setTimeout(() => this.start());
      });
      on("focus", () => {
        this.nativeKeys = lastKeyWasTab;
      });
      this.figure.addEventListener("focusin", () => {
        latest = this;
      });
    }

    // Beats

    indexAt(time) {
      return Math.max(0, this.beats.findLastIndex((beat) => beat.start <= time + this.frame / 4));
    }

    update() {
      const index = this.indexAt(this.time);
      this.part("previous").disabled = this.time < this.frame;
      const last = index === this.beats.length - 1;
      this.part("next").disabled = this.lecturing ? this.video.ended : last;
      if (index === this.current) return;
      this.current = index;
      this.figure.querySelector("[aria-current]")?.removeAttribute("aria-current");
      this.links[index].setAttribute("aria-current", "step");
      this.keepInView(this.links[index]);
      this.part("now").textContent =
        `Beat ${index + 1} of ${this.beats.length}: ${this.beats[index].name}`;
    }

    // In the list, which long clips scroll; the page stays where it is.
    keepInView(link) {
      const list = this.figure.querySelector(".beats");
      const [inner, outer] = [link, list].map((node) => node.getBoundingClientRect());
      if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
      else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
    }

    next() {
      latest = this;
      if (!this.lecturing) {
        const beat = this.beats[this.indexAt(this.time) + 1];
        if (beat) this.go(beat.start);
      } else if (this.video.paused) {
        if (!this.video.ended) this.play();
      } else {
        this.halt(this.stop ?? { time: this.video.duration, question: "" });
      }
    }

    previous() {
      latest = this;
      const index = this.indexAt(this.time);
      const settled = this.time - this.beats[index].start > 1;
      if (this.lecturing) this.video.pause();
      this.go(this.beats[settled ? index : Math.max(0, index - 1)].start);
    }

    // Time

    go(start) {
      latest = this;
      this.seek(start + this.frame / 2);
    }

    seek(time) {
      const { video } = this;
      if (video.readyState === 0) {
        this.reopen(time, Boolean(this.resume?.playing));
      } else if (time > 0 && !canReach(video, time)) {
        this.download(time).catch(() => {
          video.currentTime = time;
        });
      } else {
        video.currentTime = time;
      }
      this.update();
    }

    play() {
      this.video.play().catch(() => {});
    }

    // A click on a poster plays; Chromium sees to that only once a file is open.
    start() {
      if (this.video.paused && this.video.readyState === 0) this.play();
    }

    // Open the file, or another one, and go on at `time`.
    reopen(time, playing, file) {
      const { video } = this;
      const modes = this.resume?.modes ?? [...video.textTracks].map((track) => track.mode);
      this.resume = { time, playing, modes, rate: video.playbackRate };
      video.preload = "auto";
      if (file) video.src = file;
      else video.load();
    }

    opened() {
      if (!this.resume) return;
      const { time, playing, modes, rate } = this.resume;
      this.resume = null;
      modes.forEach((mode, i) => {
        this.video.textTracks[i].mode = mode;
      });
      this.video.playbackRate = rate;
      this.seek(time);
      if (playing) this.play();
    }

    // Servers that send no ranges let nobody seek: hold the whole file instead.
    async download(time) {
      const { video } = this;
      if (this.whole) return;
      const playing = !video.paused;
      const response = await fetch(video.currentSrc);
      this.whole = URL.createObjectURL(await response.blob());
      this.reopen(time, playing, this.whole);
    }

    // Theme

    showPoster() {
      const address = this.figure.dataset[`poster${currentTheme() === "dark" ? "Dark" : "Light"}`];
      if (address) this.video.poster = address;
    }

    // The file that suits theme and screen; the browser chooses as well, but only once.
    file() {
      const suits = ({ dataset }) =>
        dataset.theme === currentTheme() && matchMedia(dataset.size).matches;
      const sources = [...this.video.querySelectorAll("source")];
      return (sources.find(suits) ?? sources.at(-1)).src;
    }

    retheme() {
      const untouched = this.video.readyState === 0 && !this.resume;
      const playing = this.resume ? this.resume.playing : !this.video.paused;
      this.showPoster();
      if (this.whole) URL.revokeObjectURL(this.whole);
      this.whole = null;
      if (untouched) this.video.src = this.file();
      else this.reopen(this.time, playing, this.file());
    }

    // Lecture

    setLecture(on) {
      this.lecturing = on;
      this.video.controls = !on; // they would lie over the waiting picture
      this.figure.classList.toggle("lecturing", on);
      this.part("lecture").setAttribute("aria-pressed", String(on));
      this.part("full").hidden = !(on && document.fullscreenEnabled);
      this.part("question").hidden = !on;
      if (!on) this.leaveStop();
      this.stop = this.nextStop();
      this.update();
      if (on && !this.video.paused) this.watchClosely();
    }

    nextStop() {
      return this.stops.find((stop) => stop.time > this.time + this.frame);
    }

    played() {
      latest = this;
      this.leaveStop();
      this.stop = this.nextStop();
      if (this.lecturing) this.watchClosely();
    }

    sought() {
      const { halted, video, frame } = this;
      if (halted && Math.abs(video.currentTime - halted.time + frame / 2) > frame) this.leaveStop();
      if (!this.halted) this.stop = this.nextStop();
    }

    watchClosely() {
      cancelAnimationFrame(this.request);
      this.request = requestAnimationFrame(() => {
        this.watch();
        if (this.lecturing && !this.video.paused) this.watchClosely();
      });
    }

    watch() {
      const { video, stop, frame } = this;
      const due = stop && video.currentTime >= stop.time - frame;
      if (this.lecturing && due && !video.paused && !video.seeking) this.halt(stop);
    }

    // Show the last frame before the stop, and wait.
    halt(stop) {
      this.halted = stop;
      this.video.pause();
      this.seek(stop.time - this.frame / 2);
      this.figure.classList.toggle("asking", Boolean(stop.question)); // once is enough
      this.part("asked").textContent = stop.question;
      this.part("hint").textContent = stop.question ? "→ shows the answer" : "→ goes on";
    }

    leaveStop() {
      this.halted = null;
      this.figure.classList.remove("asking");
      this.part("asked").textContent = "";
      this.part("hint").textContent = "";
    }

    toggleFull() {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.figure.requestFullscreen().catch(() => {});
    }
  }

  function beatOf(link) {
    const { start, end, name, question, reveal } = link.dataset;
    return { name, question, start: +start, end: +end, reveal: reveal ? +reveal : null };
  }

  function stopsOf({ end, question, reveal }) {
    const answer = question && reveal !== null ? [{ time: reveal, question }] : [];
    return [...answer, { time: end, question: "" }];
  }

  function canReach({ seekable }, time) {
    const last = seekable.length - 1;
    return location.protocol === "file:" || (last >= 0 && seekable.end(last) >= time);
  }

  // Keys

  const STEPS = { ArrowRight: "next", ArrowLeft: "previous" };
  const PRESENTER_STEPS = { ...STEPS, " ": "next", PageDown: "next", PageUp: "previous" };

  function playerFor(target) {
    const own = players.get(target.closest("figure.player"));
    return own ?? latest ?? (players.size === 1 ? [...players.values()][0] : null);
  }

  document.addEventListener("keydown", (event) => {
    lastKeyWasTab = event.key === "Tab";
    const { target } = event;
    const player = target instanceof Element ? playerFor(target) : null;
    const foreign = event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey;
    if (!player || foreign || target.closest("input, textarea, select, pre")) return;
    if (target === player.video && player.nativeKeys && !event.shiftKey) return;
    if (event.key === " " && target.closest("button, summary, a")) return;
    const step = (player.lecturing ? PRESENTER_STEPS : STEPS)[event.key];
    if (!step) return;
    event.preventDefault();
    player[step]();
  });
  document.addEventListener("pointerdown", () => {
    lastKeyWasTab = false;
  });

  // The page

  const wanted = ["dark", "light"].includes(asked.get("theme")) && !root.dataset.theme;
  if (wanted) root.dataset.theme = asked.get("theme");
  for (const help of document.querySelectorAll("[data-part=keys]")) help.hidden = false;
  root.classList.add("scripted");
  root.classList.toggle("framed", window.parent !== window);
  choosePictures();
  for (const figure of document.querySelectorAll("figure.player")) {
    players.set(figure, new Player(figure));
  }
  const rethemeAll = () => players.forEach((player) => player.retheme());
  if (wanted) rethemeAll();
  PREFERS_DARK.addEventListener("change", () => {
    if (!root.dataset.theme) rethemeAll();
  });
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details[data-print]")) details.open = true;
  });
}
