// A member `event_type_version` in a form that would be ignored: a number, private, a function, no
// constant, a type.
// expect: shop::Sold
// expect 1: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 2: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 3: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 4: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 5: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 6: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 7: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
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
    static constexpr int event_type_version = 2;
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
class Sold {
    static constexpr std::string_view event_type_version = "2";

public:
    std::string item;
    static void members(auto& self, auto&& member) { member("item", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Sold {
    std::string_view event_type_version() const { return "2"; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Sold {
    static std::string_view event_type_version() { return "2"; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Sold {
    static inline std::string event_type_version = "2";
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Sold {
    static const std::string_view event_type_version;
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Sold {
    enum class event_type_version { sold };
    std::string item;
};
#else
struct Sold {
    static constexpr std::string_view event_type_version = "2";
    std::string item;
};
#endif

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
