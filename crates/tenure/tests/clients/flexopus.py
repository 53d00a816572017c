"""A booking's whole life through Flexopus' API, written as its document's samples are."""
import datetime
import os

import requests

BASE = os.environ['FLEXOPUS_URL']
EMAIL = os.environ['FLEXOPUS_EMAIL']
AREA = int(os.environ['FLEXOPUS_LOCATION'])
TIMES = '%Y-%m-%dT%H:%M:%S.%fZ'
headers = {
    'Authorization': 'Bearer ' + os.environ['FLEXOPUS_TOKEN'],
    'Accept': 'application/json',
    'Content-Type': 'application/json'
}


def ask(method, path, status=200, **more):
    response = requests.request(method, BASE + path, headers=headers, **more)
    assert response.status_code == status, (method, path, response.status_code, response.text)
    return response


day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).replace(
    hour=8, minute=0, second=0, microsecond=0)
noon, evening = day + datetime.timedelta(hours=4), day + datetime.timedelta(hours=8)

# Where to go
buildings = ask('GET', '/buildings').json()['data']
building = next(one for one in buildings if any(place['id'] == AREA for place in one['locations']))
bookables = ask('GET', f'/locations/{AREA}/bookables').json()['data']
parking = [one for one in bookables if one['type'] == 1 and one['status'] == 0]
spot = parking[0]
user = ask('GET', f'/users/by-email/{EMAIL}').json()['data']
assert ask('GET', f'/users/{user["id"]}').json()['data'] == user

# Made
payload = {
    "bookable_id": spot['id'],
    "from_time": day.strftime(TIMES),
    "to_time": noon.strftime(TIMES),
    "user_id": user['id'],
    "location_id": AREA,
    "guest_email": "johndoe@flexopus.com",
    "guest_name": "John Doe",
    "booking_info": "Meeting with John",
    "user_vehicle_id": 1
}
booking, = ask('POST', '/bookings', json=payload).json()['data']
assert booking['from'] == day.strftime(TIMES) and booking['to'] == noon.strftime(TIMES)
assert booking['bookable']['location']['id'] == AREA and booking['user'] == user
assert 'guest' not in booking and booking['livemap'].endswith(f'/bookings/{booking["id"]}/livemap')

# Seen in all six lists
params = {'from': day.strftime(TIMES), 'to': (day + datetime.timedelta(days=7)).strftime(TIMES)}
for path in ['/bookings', f'/users/{user["id"]}/bookings', f'/users/by-email/{EMAIL}/bookings',
             f'/buildings/{building["id"]}/bookings', f'/locations/{AREA}/bookings',
             f'/bookables/{spot["id"]}/bookings']:
    found = [one for one in ask('GET', path, params=params).json()['data'] if one['id'] == booking['id']]
    assert len(found) == 1 and found[0]['guest'] == 'John Doe' and found[0]['license_plate'], path

# Not twice, and not two at once
again = ask('POST', '/bookings', 422, json=payload).json()
assert 'bookable_id' in again['errors'] and again['message']
ask('POST', '/bookings', 422, json={**payload, "bookable_id": parking[1]['id']})
occupancy = ask('GET', f'/locations/{AREA}/bookables/occupancy', params={'details': True}).json()['data']
place = next(one for one in occupancy if one['name'] == spot['name'])
assert place['booking_next'] == {'from_time': booking['from'], 'to_time': booking['to']}, place

# Changed
payload = {"from_time": noon.strftime(TIMES), "to_time": evening.strftime(TIMES), "user_vehicle_id": None}
changed = ask('PUT', f'/bookings/{booking["id"]}', json=payload).json()['data']
assert changed['to'] == evening.strftime(TIMES) and changed['license_plate'] is None
changed = ask('PATCH', f'/bookings/{booking["id"]}', json={"to_time": noon.strftime(TIMES)}, status=422)
assert 'to_time' in changed.json()['errors']

# Blocked, and free again
ask('PATCH', f'/bookables/{spot["id"]}', json={"name": spot['name'], "status": 1})
tomorrow = {"from_time": None, "to_time": day.strftime(TIMES), "bookable_id": spot['id'], "location_id": AREA,
            "user_id": user['id']}
assert 'bookable_id' in ask('POST', '/bookings', 422, json=tomorrow).json()['errors']
ask('PATCH', f'/bookables/{spot["id"]}', json={"status": 0})

# Gone
deleted = ask('DELETE', f'/bookings/{booking["id"]}', 204)
assert deleted.content == b''
ask('DELETE', f'/bookings/{booking["id"]}', 404)
headers['Authorization'] = 'Bearer wrong'
assert ask('GET', '/buildings', 401).json() == {'message': 'Unauthenticated.'}
print('the whole life of a booking')
