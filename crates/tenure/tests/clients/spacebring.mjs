// Spacebring's API as an integrator would use it: bookings made, all of a location's read page by page, and taken back.
import assert from "node:assert/strict";

const base = process.env.SPACEBRING_URL;
const resourceRef = process.env.SPACEBRING_RESOURCE;
const locationRef = process.env.SPACEBRING_LOCATION;
const credentials = `${process.env.SPACEBRING_CLIENT_ID}:${process.env.SPACEBRING_CLIENT_SECRET}`;
const headers = {
    "Authorization": `Basic ${Buffer.from(credentials).toString("base64")}`,
    "spacebring-network-id": process.env.SPACEBRING_NETWORK,
    "Content-Type": "application/json",
};

let waited = 0;

const sleep = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));

// Too many requests: once more, after as long as the server says. Busy: once more, where nothing can happen twice.
const send = async (method, path, body) => {
    const once = () => fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
    const response = await once();
    const safe = ["GET", "HEAD"].includes(method);
    if (response.status !== 429 && !(safe && [502, 503, 504].includes(response.status))) {
        return response;
    }
    waited += 1;
    await sleep(Number(response.headers.get("retry-after") ?? "1"));
    return once();
};

const ask = async (method, path, { status = 200, envelope, body } = {}) => {
    const response = await send(method, path, body);
    const text = await response.text();
    assert.equal(response.status, status, `${method} ${path}: ${text}`);
    const answer = text === "" ? null : JSON.parse(text);
    if (status >= 400) {
        assert.equal(typeof answer.message, "string");
        assert.equal(typeof answer.type, "string");
        return answer;
    }
    if (envelope === undefined) {
        return answer;
    }
    assert.ok(envelope in answer, `there is no ${envelope}: ${text}`);
    return answer[envelope];
};

const list = async function* (parameters) {
    const seen = new Set();
    let query = `?${new URLSearchParams(parameters)}`;
    while (query) {
        const page = await ask("GET", `/resources/bookings/v1${query}`);
        yield* page.bookings;
        const token = page.nextPageToken;
        if (token !== undefined) {
            if (seen.has(token)) {
                throw new Error("a token came again");
            }
            seen.add(token);
        }
        query = page.searchQueryNext;
    }
};

const all = async parameters => {
    const found = [];
    for await (const booking of list(parameters)) {
        found.push(booking);
    }
    return found;
};

const resource = await ask("GET", `/resources/v1/${resourceRef}`, { envelope: "resource" });
const locations = await ask("GET", "/locations/v1", { envelope: "locations" });
assert.ok(locations.some(one => one.id === locationRef));
const resources = await ask("GET", `/resources/v1?locationRef=${locationRef}`, { envelope: "resources" });
assert.deepEqual(resources.find(one => one.id === resourceRef), resource);

// A week in which nothing is booked yet, an hour a day.
const day = new Date(Date.now() + 40 * 86_400_000);
day.setUTCHours(10, 0, 0, 0);
const hour = number => {
    const start = new Date(day.getTime() + number * 86_400_000);
    return { startDate: start.toISOString(), endDate: new Date(start.getTime() + 3_600_000).toISOString() };
};
const week = {
    locationRef,
    "startDate[gte]": hour(0).startDate,
    "endDate[lte]": hour(6).endDate,
    types: resource.type,
    order: "startDate:desc",
    limit: 2,
};
const before = await all(week);

const made = [];
for (let number = 0; number < 7; number += 1) {
    const free = await ask("POST", `/resources/v1/${resourceRef}/availability`, { body: hour(number) });
    if (!free.available) {
        assert.equal(typeof free.reason.code, "string");
        continue;
    }
    const booking = { resourceRef, ...hour(number), title: `Day ${number}`, memo: "By a program", seats: 1 };
    made.push(await ask("POST", "/resources/bookings/v1", { status: 201, envelope: "booking", body: { booking } }));
    const taken = await ask("POST", "/resources/bookings/v1", { status: 409, body: { booking } });
    assert.equal(taken.type, "bookingConflict");
}
assert.ok(made.length > 2, "there is too little free time");
assert.deepEqual(await ask("POST", `/resources/v1/${resourceRef}/availability`, {
    body: { startDate: made[0].startDate, endDate: made[0].endDate },
}).then(answer => answer.reason.code), "bookingConflict");

const listed = await all(week);
assert.deepEqual(new Set(listed.map(one => one.id)).size, listed.length);
assert.equal(listed.length, before.length + made.length);
const starts = listed.map(one => one.startDate);
assert.deepEqual(starts, [...starts].sort().reverse());
for (const booking of made) {
    assert.deepEqual(listed.find(one => one.id === booking.id), booking);
    assert.equal(booking.resourceRef, resourceRef);
    assert.match(booking.createDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
}

const [first, ...others] = made;
const path = `/resources/bookings/v1/${first.id}`;
const later = { endDate: new Date(Date.parse(first.endDate) + 1_800_000).toISOString(), memo: null };
const changed = await ask("PATCH", path, { envelope: "booking", body: { booking: later } });
assert.equal(Date.parse(changed.endDate), Date.parse(later.endDate));
assert.equal(changed.memo, undefined);
assert.equal(changed.title, first.title);
assert.deepEqual(await ask("GET", path, { envelope: "booking" }), changed);

const issues = (await ask("GET", `/resources/bookings/v1?locationRef=${locationRef}&limit=0`, { status: 400 })).issues;
assert.deepEqual(issues.map(issue => issue.path), [["limit"]]);

// More at once than there may be in a second: those that are too many wait, and come through.
await Promise.all([...Array(15).keys()].map(() => ask("GET", path, { envelope: "booking" })));
assert.ok(waited > 0, "nothing had to wait");

await sleep(1);
for (const booking of [first, ...others]) {
    assert.equal(await ask("DELETE", `/resources/bookings/v1/${booking.id}`, { status: 204 }), null);
}
assert.deepEqual(await all(week), before);
console.log("the whole life of a location's bookings");
