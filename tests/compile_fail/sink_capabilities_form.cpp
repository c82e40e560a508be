// SPDX-License-Identifier: MIT
// A sink whose `capabilities` are in another form, or that has none.
// expect: es: say what the sink can do, public: `static constexpr es::Capabilities capabilities{...};`
// expect: Bin
// expect 1: es:
// expect 2: es:
// expect 3: es:
// expect 4: es:
// expect 5: es:
// expect 6: es:
// expect 7: es:
#include <eventsourcing/store/explain_sink.hpp>

#include <variant>

namespace es = eventsourcing;

struct Takes {
    template <class Event>
    es::Result<void> append_unchecked(es::StreamNameView, const es::Batch<Event>&) {
        return {};
    }
};
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Bin : Takes {
    es::Capabilities capabilities{};
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Bin : Takes {
    static inline es::Capabilities capabilities{};
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
class Bin : public Takes {
    static constexpr es::Capabilities capabilities{};
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Bin : Takes {
    static constexpr es::Capabilities capabilities() { return {}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Bin : Takes {
    static constexpr bool capabilities = true;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Bin : Takes {
    static const es::Capabilities capabilities;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Bin : Takes {};
#else
struct Bin : Takes {
    static constexpr es::Capabilities capabilities{};
};
#endif

// As a dispatcher asks.
static_assert(es::detail::explain_sink<Bin, std::variant<es::detail::ArchetypeEvent>>());
