// A booking's whole life through Flexopus' API, written as its document's samples are.
import assert from "node:assert/strict";

const base = process.env.FLEXOPUS_URL;
const email = process.env.FLEXOPUS_EMAIL;
const area = Number(process.env.FLEXOPUS_LOCATION);
const headers = {
    "Authorization": `Bearer ${process.env.FLEXOPUS_TOKEN}`,
    "Accept": "application/json",
    "Content-Type": "application/json",
};

const ask = async (method, path, { status = 200, params = {}, body } = {}) => {
    const url = new URL(base + path);
    Object.keys(params)
        .forEach(key => url.searchParams.append(key, params[key]));
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    assert.equal(response.status, status, `${method} ${path}: ${text}`);
    return text === "" ? null : JSON.parse(text);
};
// Six decimals, as the API writes them.
const time = date => date.toISOString().replace("Z", "000Z");
const hours = (date, count) => new Date(date.getTime() + count * 3_600_000);

const day = hours(new Date(), 24 * 4);
day.setUTCHours(8, 0, 0, 0);

const bookables = (await ask("GET", `/locations/${area}/bookables`)).data;
const spot = bookables.find(one => one.type === 1 && one.status === 0);
const user = (await ask("GET", `/users/by-email/${encodeURIComponent(email)}`)).data;

let body = {
    "bookable_id": spot.id,
    "from_time": day.toISOString(),
    "to_time": hours(day, 4).toISOString(),
    "user_id": user.id,
    "location_id": area,
    "guest_email": "johndoe@flexopus.com",
    "guest_name": "John Doe",
    "booking_info": "Meeting with John",
    "user_vehicle_id": 1,
};
const [booking] = (await ask("POST", "/bookings", { body })).data;
assert.equal(booking.from, time(day));
assert.deepEqual(booking.user, user);
assert.ok((await ask("POST", "/bookings", { body, status: 422 })).errors.bookable_id);

const params = { "from": day.toISOString(), "to": hours(day, 7 * 24).toISOString() };
const listed = (await ask("GET", `/locations/${area}/bookings`, { params })).data;
const found = listed.find(one => one.id === booking.id);
assert.equal(found.guest, "John Doe");
assert.equal(found.bookable.location, undefined);

body = { "from_time": hours(day, 1).toISOString(), "to_time": hours(day, 2).toISOString() };
const changed = (await ask("PUT", `/bookings/${booking.id}`, { body })).data;
assert.equal(changed.to, time(hours(day, 2)));
const occupancy = (await ask("GET", `/locations/${area}/bookables/occupancy`, { params: { details: true } })).data;
assert.equal(occupancy.find(one => one.name === spot.name).booking_next.from_time, time(hours(day, 1)));

assert.equal(await ask("DELETE", `/bookings/${booking.id}`, { status: 204 }), null);
await ask("PATCH", `/bookings/${booking.id}`, { body, status: 404 });
assert.deepEqual(await ask("GET", "/nothing", { status: 404 }), { "message": "Not found." });
console.log("the whole life of a booking");
