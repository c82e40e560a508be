// A member `event_source` in a form that would be ignored: a number, private, a function, no
// constant, a type.
// expect: shop::Sold
// expect 1: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
// expect 2: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
// expect 3: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
// expect 4: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
// expect 5: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
// expect 6: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
// expect 7: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/store/encode_batch.hpp>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Sold {
    static constexpr int event_source = 2;
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
class Sold {
    static constexpr std::string_view event_source = "events://example.org/till";

public:
    std::string item;
    static void members(auto& self, auto&& member) { member("item", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Sold {
    std::string_view event_source() const { return "events://example.org/till"; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Sold {
    static std::string_view event_source() { return "events://example.org/till"; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Sold {
    static inline std::string event_source = "events://example.org/till";
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Sold {
    static const std::string_view event_source;
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Sold {
    enum class event_source { sold };
    std::string item;
};
#else
struct Sold {
    static constexpr std::string_view event_source = "events://example.org/till";
    std::string item;
};
#endif

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
