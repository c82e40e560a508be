// SPDX-License-Identifier: MIT
// expect-gcc: a_stream_name_is_category_dash_id_neither_of_them_empty
// expect-clang: a stream name is category-id, neither of them empty
#include <eventsourcing/core/stream_name.hpp>

namespace es = eventsourcing;

#ifdef MUST_FAIL
#    define NAME "ogre"
#else
#    define NAME "combat-ogre"
#endif

void append(es::StreamNameView stream);

void attack() {
    append(NAME);
}
