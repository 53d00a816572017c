//! Chromium, driven by its own protocol over two pipes.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// What makes Chromium run by itself: without a screen, a keyring, an update or a word to anybody.
const FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
    --remote-debugging-pipe";
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with one page.
pub struct Browser {
    process: Child,
    orders: ChildStdin,
    messages: Receiver<Value>,
    events: VecDeque<Value>,
    last: i64,
    session: Option<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A browser with an empty profile; none, with a word on standard error, where there is no Chromium, unless
    /// `TENURE_TEST_ALL=1` asks for all tests.
    pub fn start() -> Option<Self> {
        let found = Command::new("chromium").arg("--version").output();
        if found.is_err() {
            assert!(
                std::env::var("TENURE_TEST_ALL").as_deref() != Ok("1"),
                "there is no chromium"
            );
            eprintln!("skipped: there is no chromium");
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        // The pipes are the third and the fourth file of the process; the shell puts them there.
        let line = format!(
            "exec chromium {FLAGS} --user-data-dir='{}' about:blank 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null",
            profile.path().display()
        );
        let mut process = Command::new("sh")
            .args(["-c", &line])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take().unwrap();
        let (sender, messages) = channel();
        let answers = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap();
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            process,
            orders,
            messages,
            events: VecDeque::new(),
            last: 0,
            session: None,
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// What comes of an order.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "orders are written where they are given"
    )]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut order = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            order["sessionId"] = json!(session);
        }
        write!(self.orders, "{order}\0").unwrap();
        self.orders.flush().unwrap();
        loop {
            let message = self.messages.recv_timeout(PATIENCE).unwrap();
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push_back(message);
        }
    }

    /// How large the page is, and whether it is a phone's and in the dark.
    pub fn screen(&mut self, width: u32, height: u32, phone: bool, dark: bool) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Goes to an address and waits until the page is there.
    pub fn open(&mut self, address: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({"url": address}));
        self.arrive();
    }

    /// Presses a key that leads to another page, and waits until that is there.
    pub fn press_and_go(&mut self, key: &str) {
        self.events.clear();
        self.press(key);
        self.arrive();
    }

    fn arrive(&mut self) {
        let loaded = |message: &Value| message["method"] == "Page.loadEventFired";
        while !self.events.iter().any(loaded) {
            let message = self.messages.recv_timeout(PATIENCE).unwrap();
            self.events.push_back(message);
        }
    }

    /// The value of an expression in the page.
    pub fn eval(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let result = self.call("Runtime.evaluate", params);
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {result}"
        );
        result["result"]["value"].clone()
    }

    /// How many milliseconds it takes until a condition holds.
    pub fn until(&mut self, condition: &str) -> f64 {
        let waiting = format!(
            "new Promise((done) => {{ const began = performance.now(); const look = () => {{
                const passed = performance.now() - began;
                if ({condition}) done(passed); else if (passed > 8000) done(null); else setTimeout(look, 10);
            }}; look(); }})"
        );
        let passed = self.eval(&waiting);
        let text = self.eval("document.body.innerText");
        passed
            .as_f64()
            .unwrap_or_else(|| panic!("never: {condition}\n{text}"))
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            " " => " ",
            _ => "",
        };
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            "Escape" => 27,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let params = json!({"type": kind, "key": key, "code": key, "text": text, "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// What the browser complained of since the page was opened: errors of the script, and what the policy forbade.
    pub fn complaints(&mut self) -> Vec<Value> {
        self.eval("0");
        let bad = |message: &&Value| {
            message["method"] == "Runtime.exceptionThrown"
                || message["params"]["entry"]["level"] == "error"
        };
        self.events.iter().filter(bad).cloned().collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
