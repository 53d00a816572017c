"""A booking's whole life through Cobot's API, as an integrator would write it: the space's address is the one that answers name."""
import datetime
import os

import requests

BASE = os.environ['COBOT_URL']
HOST = os.environ['COBOT_HOST']
RESOURCE = os.environ['COBOT_RESOURCE']
MEMBERSHIP = os.environ['COBOT_MEMBERSHIP']
TIMES = '%Y-%m-%d %H:%M +0000'
admin = {'Authorization': 'Bearer ' + os.environ['COBOT_TOKEN']}
member = {'Authorization': 'Bearer ' + os.environ['COBOT_MEMBER_TOKEN']}


def ask(who, method, path, status=200, **more):
    response = requests.request(method, BASE + path, headers={**who, 'Host': HOST}, allow_redirects=False, **more)
    assert response.status_code == status, (method, path, response.status_code, response.text)
    assert response.headers['Cache-Control'] == 'no-store'
    return response


def local(url):
    """The path of an address that the server names, which must be in the space."""
    scheme, _, rest = url.partition('://')
    host, _, path = rest.partition('/')
    assert scheme in ('http', 'https') and host == HOST, url
    return '/' + path


def out(time):
    return time.strftime('%Y/%m/%d %H:%M:%S +0000')


day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=12)).replace(
    hour=9, minute=0, second=0, microsecond=0)
eleven, one = day + datetime.timedelta(hours=2), day + datetime.timedelta(hours=4)

# Who am I, and what is there?
me = ask(member, 'GET', '/api/user').json()
assert MEMBERSHIP in [membership['id'] for membership in me['memberships']], me
resources = ask(member, 'GET', '/api/resources', params={'ids': RESOURCE}).json()
room, = resources
assert room['id'] == RESOURCE and room['can_book'], room
membership = ask(member, 'GET', '/api/memberships/' + MEMBERSHIP).json()
assert membership['id'] == MEMBERSHIP
ask(member, 'GET', '/api/booking_credits')

# Made where the resource says, by a form
body = {'from': day.strftime(TIMES), 'to': eleven.strftime(TIMES), 'title': 'test booking',
        'membership_id': MEMBERSHIP, 'comments': 'tea please', 'units': 1}
booking = ask(member, 'POST', local(room['booking_url']), 201, data=body).json()
assert (booking['from'], booking['to']) == (out(day), out(eleven)), booking
assert booking['resource'] == {'name': room['name'], 'id': RESOURCE}
assert booking['membership']['id'] == MEMBERSHIP and booking['comments'] == 'tea please'
assert isinstance(booking['price'], float) and isinstance(booking['tax_rate'], str)
assert booking['can_change'] is True and booking['has_custom_price'] is False
where = local(booking['url'])

# Seen in all lists
window = {'from': day.strftime(TIMES), 'to': one.strftime(TIMES)}
for who, path in [(member, '/api/bookings'), (admin, f'/api/resources/{RESOURCE}/bookings'),
                  (member, '/api/membership/bookings'), (member, '/api/memberships/bookings'),
                  (admin, f'/api/memberships/{MEMBERSHIP}/bookings')]:
    found = [seen for seen in ask(who, 'GET', path, params=window).json() if seen['id'] == booking['id']]
    assert found == [booking], (path, found)
upcoming = ask(member, 'GET', '/api/membership/bookings/upcoming').json()
assert [seen for seen in upcoming if seen['id'] == booking['id']]
recent = [seen['id'] for seen in ask(member, 'GET', '/api/membership/bookings/recent').json()]
assert (booking['id'] in recent) == (booking['price'] > 0)

# Not twice
errors = ask(admin, 'POST', local(room['booking_url']), 422, json=body).json()['errors']
assert isinstance(errors['base'], str), errors

# Changed, with what the link says; what is left out stays
later = {'from': eleven.strftime(TIMES), 'to': one.strftime(TIMES)}
changed = ask(member, 'PUT', where, json=later).json()
assert (changed['from'], changed['to'], changed['title']) == (out(eleven), out(one), 'test booking')
assert changed['price'] == booking['price'], 'as long as before'
own = ask(admin, 'PUT', where, json={'price': 7.5}).json()
assert (own['price'], own['has_custom_price']) == (7.5, True), own
assert ask(member, 'GET', where).json() == own

# Gone
assert ask(member, 'DELETE', where, 204).content == b''
ask(member, 'DELETE', where, 404)
ask({}, 'GET', '/api/bookings', 401, params=window)
print('the whole life of a booking')
