document.cookie = "c_id=1; path=/; max-age=31536000";
addEventListener("pagehide", () => navigator.sendBeacon("/_count/bye"));
