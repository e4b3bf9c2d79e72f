/* A chart as a PNG: the drawing with the colours it has on this page, painted at twice its size. */
(function () {
  "use strict";
  var STYLES = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "text-anchor"];

  function painted(svg) {
    var copy = svg.cloneNode(true);
    var from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
    for (var i = 0; i < from.length; i += 1) {
      var style = getComputedStyle(from[i]);
      STYLES.forEach(function (name) { to[i].setAttribute(name, style.getPropertyValue(name)); });
      to[i].removeAttribute("class");
    }
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return new XMLSerializer().serializeToString(copy);
  }

  function load(svg) {
    return new Promise(function (done, failed) {
      var image = new Image();
      image.onload = function () { done(image); };
      image.onerror = failed;
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(painted(svg));
    });
  }

  function save(button) {
    var section = button.closest("section"), parts = Array.from(section.querySelectorAll("svg.chart"));
    var sizes = parts.map(function (svg) { return svg.viewBox.baseVal; });
    var wide = Math.max.apply(null, sizes.map(function (size) { return size.width; })) + 32;
    var high = sizes.reduce(function (sum, size) { return sum + size.height; }, 64);
    Promise.all(parts.map(load)).then(function (images) {
      var canvas = document.createElement("canvas"), top = 48;
      canvas.width = wide * 2;
      canvas.height = high * 2;
      var pen = canvas.getContext("2d"), look = getComputedStyle(section);
      pen.scale(2, 2);
      pen.fillStyle = look.backgroundColor;
      pen.fillRect(0, 0, wide, high);
      pen.fillStyle = look.color;
      pen.font = "600 16px " + look.fontFamily;
      pen.fillText(button.dataset.png, 16, 28);
      images.forEach(function (image, number) {
        pen.drawImage(image, 16, top, sizes[number].width, sizes[number].height);
        top += sizes[number].height;
      });
      canvas.toBlob(function (bytes) {
        var link = document.createElement("a"), address = URL.createObjectURL(bytes);
        link.href = address;
        link.download = button.dataset.png + ".png";
        document.body.appendChild(link);
        link.click();
        link.remove();
        setTimeout(function () { URL.revokeObjectURL(address); }, 1000);
      }, "image/png");
    });
  }

  document.querySelectorAll("[data-png]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { save(button); });
  });
}());
