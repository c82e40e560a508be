// SPDX-License-Identifier: MIT
// A `json_name` in a form that would be ignored.
// expect: shop::Sold
// expect 1: es: `json_name` is declared in a form that the library does not read; write, public: `static constexpr std::string_view json_name
// expect 2: es: `json_name` is declared in a form that the library does not read; write, public: `static constexpr std::string_view json_name
// expect 3: es: `json_name` is declared in a form that the library does not read; write, public: `static constexpr std::string_view json_name
// expect 4: es: `json_name` is declared in a form that the library does not read; write, public: `static constexpr std::string_view json_name
// expect 5: es: `json_name` is declared in a form that the library does not read; write, public: `static constexpr std::string_view json_name
// expect 6: es: `json_name` is declared in a form that the library does not read; write, public: `static constexpr std::string_view json_name
#include <eventsourcing/codec/json.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Sold {
    std::string item;
    static constexpr int json_name = 3;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Sold {
    std::string item;

private:
    static constexpr std::string_view json_name = "sale";
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Sold {
    std::string item;
    static std::string_view json_name() { return "sale"; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Sold {
    std::string item;
    std::string_view json_name() const { return "sale"; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Sold {
    std::string item;
    static inline std::string json_name = "sale";
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Sold {
    std::string item;
    enum json_name { sale };
};
#else
struct Sold {
    std::string item;
    static constexpr std::string_view json_name = "sale";
};
#endif
} // namespace shop

auto text = eventsourcing::encode_json(std::variant<int, shop::Sold>{1});
