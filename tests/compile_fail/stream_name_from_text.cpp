// SPDX-License-Identifier: MIT
// expect: es: text known at run time becomes a stream name by es::StreamName::of(category, id) or es::StreamName::parse(text)
#include <eventsourcing/core/stream_name.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

namespace es = eventsourcing;

template <class Command>
void dispatch(const Command& command, es::StreamNameView stream);
template <class Command>
void dispatch(const Command& command, es::StreamNameView stream, int options);

void attack() {
#ifdef MUST_FAIL
    dispatch(1, std::string{"combat-ogre"});
#else
    dispatch(1, *es::StreamName::parse(std::string{"combat-ogre"}));
#endif
}
