// SPDX-License-Identifier: MIT
// expect-clang: temporary whose address is used as value of local variable 'view'
// expect-gcc: g++ has no such warning
#include <eventsourcing/core/stream_name.hpp>

#include <string>

namespace es = eventsourcing;

#if defined(__clang__)
#    pragma clang diagnostic error "-Wdangling"
#elif defined(MUST_FAIL)
#    error "g++ has no such warning"
#endif

es::StreamName name();
void take(es::StreamNameView stream);

void views() {
#ifdef MUST_FAIL
    es::StreamNameView view = *es::StreamName::parse(name().str());
    take(view);
#else
    take(name()); // a temporary as an argument lives long enough
    take(*es::StreamName::parse(name().str()));
    take(*es::StreamName::of("combat", std::string("ogre")));
    const es::StreamName kept = name();
    es::StreamNameView view = kept;
    take(view);
    const std::string id(name().id());
#endif
}
